/** When `npm run deployment -- acceptance` fails or is stopped in any stage, it restores the account and the cluster. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AwsFault } from '../../../sandbox/aws/server.ts'
import { type Disturbance, startAcceptanceUser } from '../support/acceptance.ts'
import { resources } from '../support/resources.ts'

const setup = startAcceptanceUser()

afterEach(() => setup().running.sandbox.aws.faults.clear())

const byUser = { actor: '*user/somebody' }

/** For each stage: a call that AWS refuses until the stage has failed, and the delay before the process gets a signal. */
const stages: readonly [stage: string, refused: Pick<AwsFault, 'operation' | 'actor'>, signalMs: number][] = [
  ['account', { operation: 'sts:GetCallerIdentity', ...byUser }, 0],
  ['bucket', { operation: 's3:CreateBucket', ...byUser }, 0],
  ['deploy', { operation: 'cloudformation:CreateStack', ...byUser }, 1_000],
  ['connect', { operation: 'secretsmanager:CreateSecret', ...byUser }, 200],
  ['setup', { operation: 'iam:CreateRole', actor: '*CreateRole*' }, 3_000],
  ['verify', { operation: 'sts:AssumeRoleWithWebIdentity', actor: '*' }, 200],
  ['rotate', { operation: 'iam:GetOpenIDConnectProvider', actor: '*RotateThumbprints*' }, 1_000],
  ['teardown', { operation: 'iam:DeleteRole', actor: '*DeleteRole*' }, 1_000],
]

async function expectStackCreationStarted(): Promise<void> {
  expect((await resources(setup().running.sandbox.aws.endpoint)).stacks).toContainEqual(
    expect.stringMatching(/^WorkloadIdentity/),
  )
}

async function expectNothingLeft(disturbance: Disturbance): Promise<string> {
  const { code, printed, before, after } = await setup().user.accept(disturbance)
  expect(after, printed).toEqual(before)
  expect(code, printed).toBe(1)
  return printed
}

describe('the acceptance run leaves nothing behind', { timeout: 600_000 }, () => {
  it.each(stages)('when AWS refuses a call in the stage %s', async (stage, refused) => {
    const { faults } = setup().running.sandbox.aws
    const printed = await expectNothingLeft({
      started: async (started) => {
        if (started === stage) await faults.add({ kind: 'refuse', times: 1_000, ...refused })
      },
      failed: () => faults.clear(),
    })
    expect(printed).toContain(`✖ ${stage}`)
    expect(printed).toMatch(new RegExp(`It failed in the stage ${stage}. All of WorkloadIdentity\\w{8} is removed.`))
  })

  it.each(stages)('when it gets a signal in the stage %s', async (stage, _, signalMs) => {
    const printed = await expectNothingLeft({
      started: async (started, { child }) => {
        if (started !== stage) return
        if (stage === 'deploy') await vi.waitFor(expectStackCreationStarted, { timeout: 120_000, interval: 100 })
        await sleep(signalMs)
        child.kill('SIGINT')
      },
    })
    expect(printed).toContain('Stopping. What was made is removed')
    expect(printed).toContain(`✖ ${stage}`)
  })

  it('when the terminal is closed', async () => {
    await expectNothingLeft({
      started: (stage, { child }) => {
        if (stage !== 'bucket') return
        for (const stream of [child.stdout, child.stderr]) stream?.destroy()
        child.kill('SIGHUP')
      },
    })
  })

  it('when the cluster does not answer', async () => {
    const always = { kind: 'refuse', operation: '*', times: Number.POSITIVE_INFINITY } as const
    const printed = await expectNothingLeft({ started: (_, { cluster }) => cluster.faults.add(always) })
    expect(printed).toContain('✖ cluster')
  })

  it('in the account when the deployment cannot remove a role, and names the failed stage', async () => {
    const deletion = { kind: 'refuse', operation: 'iam:DeleteRole', actor: '*DeleteRole*', times: 1_000 } as const
    const printed = await expectNothingLeft({
      started: async (stage) => {
        if (stage === 'teardown') await setup().running.sandbox.aws.faults.add(deletion)
      },
    })
    expect(printed).toMatch(
      /What these stages made may remain: setup. Look for WorkloadIdentity\w{8} in the account and in the cluster/,
    )
  })
})
