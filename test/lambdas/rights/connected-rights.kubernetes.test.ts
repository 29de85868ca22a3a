/**
 * The rights that "wid connect" gives by default are enough for all that follows, and what lacks a right is refused before it
 * changes anything.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as observeCluster from '../../../lambdas/cluster/observe-cluster.ts'
import * as unbindKsa from '../../../lambdas/service-account/unbind-ksa.ts'
import type { Mode } from '../../../lambdas/steps/kubernetes-right.ts'
import * as removeWebhook from '../../../lambdas/webhook/remove-webhook.ts'
import { objectIn } from '../../support/kubernetes/clusters.ts'
import { versionsHere } from '../../support/kubernetes/kubernetes-peer.ts'
import {
  type Ask,
  type RightsSetup,
  type RightsWorld,
  startRightsWorld,
  stepsOnCluster,
} from '../../support/kubernetes/rights-setup.ts'
import { foundStatus, stepContext } from '../../support/steps/step-context.ts'

const reader = { namespace: 'apps', serviceAccount: 'reader' }
const writer = { ...reader, serviceAccount: 'writer' }
const everything = 'setups and teardowns'
const namespace = 'workload-identity-webhook'

let world: RightsWorld

beforeAll(async () => {
  world = await startRightsWorld()
})
afterAll(() => world.end())

const kinds: readonly { readonly version: string; readonly mode: Mode & ('own-ca' | 'csr') }[] = [
  ...versionsHere('1.33.2').map((version) => ({ version, mode: 'own-ca' as const })),
  ...versionsHere('1.21.14').map((version) => ({ version, mode: 'csr' as const })),
]

describe.each(kinds)('on $version, with its certificate by $mode', ({ version, mode }) => {
  const webhook = { mode: 'install', certificate: mode }
  let made: RightsSetup
  const begin = (ask: Omit<Ask, 'workloads'>) => async () => {
    made = await world.start({ ...ask, workloads: [reader] })
  }

  const writesOf = async ({ cluster }: RightsSetup) =>
    (await cluster.calls.all()).filter(({ write, operation }) => write && !operation.includes('access'))

  const context = (made: RightsSetup) =>
    stepContext(made.cluster.name, 20_000, false, foundStatus({ issuerUrl: made.cluster.settings.issuer }))
  const targetOf = ({ cluster }: RightsSetup) => ({
    name: cluster.name,
    credentialsSecretArn: `workload-identity/${cluster.name}/setup`,
  })
  const needs = { webhook: { namespaces: [namespace], mayHaveRequests: mode === 'csr' }, workloads: [reader, writer] }
  const observe = (made: RightsSetup, more: object = { needs }) =>
    observeCluster.run(
      { clusterName: made.cluster.name, recorded: true, target: targetOf(made), ...more },
      context(made),
    )

  const setUp = async (made: RightsSetup) => {
    for (const step of stepsOnCluster) await made.done(step, 'setup')
  }
  const tearDown = async (made: RightsSetup) => {
    const target = targetOf(made)
    for (const workload of [reader, writer]) {
      const unbound = await unbindKsa.run({ target, workload, accounts: ['reader', 'writer'] }, context(made))
      expect(unbound).toMatchObject({ output: { remaining: [] } })
    }
    const removal = { target, namespaces: [namespace], mayHaveRequests: mode === 'csr' }
    for (const first of [true, false]) await removeWebhook.run({ ...removal, first }, context(made))
  }

  describe('by default', () => {
    const name = `connected-${mode}`
    const ask = { name, version, webhook, purpose: everything } as const
    beforeAll(begin(ask))

    it('a setup, a second account in the same namespace, and a teardown of all have what they need', async () => {
      await setUp(made)
      const second = await world.start({ ...ask, on: made.cluster, granted: made.granted, workloads: [reader, writer] })
      await setUp(second)
      expect(await observe(made)).toMatchObject({ output: { gone: false } })
      await tearDown(made)
      const deployment = { name: 'pod-identity-webhook', namespace }
      expect(await objectIn(made.cluster, 'Deployment', deployment)).toBeUndefined()
    })

    it('what is refused later is granted on all accounts again', async () => {
      const other = { namespace: 'others', serviceAccount: 'reader' }
      const second = await world.start({ ...ask, on: made.cluster, granted: made.granted, workloads: [reader, other] })
      await expect(second.run('CheckCluster', 'setup')).rejects.toMatchObject({
        action: expect.stringMatching(
          new RegExp(
            `^Run "wid rights ${name} --apply" .* again with "wid workload add ${name}" or "wid apply", as before$`,
          ),
        ),
      })
    })
  })

  describe('on named accounts, for setups alone', () => {
    const name = `narrow-${mode}`
    const ask = { name, version, webhook, namedAccounts: true } as const
    beforeAll(begin(ask))

    it('another account is refused before anything is written, and the refusal names the command that grants it', async () => {
      const second = await world.start({ ...ask, on: made.cluster, granted: made.granted, workloads: [reader, writer] })
      made.cluster.calls.clear()
      await expect(second.run('CheckCluster', 'setup')).rejects.toMatchObject({
        name: 'AccessDenied',
        object: `cluster ${name}`,
        reason: expect.stringMatching(/may not: .*create serviceaccounts writer in apps; .*has been changed/),
        action: expect.stringMatching(
          new RegExp(`^Run "wid rights ${name} --named-accounts --apply" .* again with "wid workload add ${name}" or`),
        ),
      })
      expect(await writesOf(made)).toEqual([])
    })

    it('a teardown is refused before anything is deleted', async () => {
      made.cluster.calls.clear()
      await expect(observe(made)).rejects.toMatchObject({
        name: 'AccessDenied',
        reason: expect.stringMatching(/may not: .*delete serviceaccounts reader in apps/),
        action: expect.stringMatching(`--named-accounts --apply" .* again with "wid teardown ${name}"`),
      })
      expect(await writesOf(made)).toEqual([])
    })

    it('a setup of its own accounts has what it needs', async () => {
      expect(await made.run('CheckCluster', 'setup')).toMatchObject([{ output: {} }])
    })

    it('a teardown of what cannot be reached goes on to the steps that say so', async () => {
      const target = { ...targetOf(made), proxyUrl: 'http://127.0.0.1:9' }
      expect(await observe(made, { target, needs })).toMatchObject({ output: { gone: false } })
      const without = { ...target, credentialsSecretArn: 'workload-identity/nowhere/none' }
      expect(await observe(made, { target: without, needs })).toMatchObject({ output: { gone: false } })
    })
  })
})
