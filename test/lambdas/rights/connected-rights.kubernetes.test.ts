/**
 * The rights that "wid connect" grants by default are enough for setups and teardowns. A step that lacks a right is refused
 * before its first write.
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

let fixture: RightsWorld

beforeAll(async () => {
  fixture = await startRightsWorld()
})
afterAll(() => fixture.end())

const kinds: readonly { readonly version: string; readonly mode: Mode & ('own-ca' | 'csr') }[] = [
  ...versionsHere('1.33.2').map((version) => ({ version, mode: 'own-ca' as const })),
  ...versionsHere('1.21.14').map((version) => ({ version, mode: 'csr' as const })),
]

describe.each(kinds)('on $version, with its certificate by $mode', ({ version, mode }) => {
  const webhook = { mode: 'install', certificate: mode }
  let setup: RightsSetup
  const begin = (request: Omit<Ask, 'workloads'>) => async () => {
    setup = await fixture.start({ ...request, workloads: [reader] })
  }

  const writesOf = async ({ cluster }: RightsSetup) =>
    (await cluster.calls.all()).filter(({ write, operation }) => write && !operation.includes('access'))

  const context = (setup: RightsSetup) =>
    stepContext(setup.cluster.name, 20_000, false, foundStatus({ issuerUrl: setup.cluster.settings.issuer }))
  const targetOf = ({ cluster }: RightsSetup) => ({
    name: cluster.name,
    credentialsSecretArn: `workload-identity/${cluster.name}/setup`,
  })
  const needs = { webhook: { namespaces: [namespace], mayHaveRequests: mode === 'csr' }, workloads: [reader, writer] }
  const observe = (setup: RightsSetup, more: object = { needs }) =>
    observeCluster.run(
      { clusterName: setup.cluster.name, recorded: true, target: targetOf(setup), ...more },
      context(setup),
    )

  const setUp = async (setup: RightsSetup) => {
    for (const step of stepsOnCluster) await setup.done(step, 'setup')
  }
  const tearDown = async (setup: RightsSetup) => {
    const target = targetOf(setup)
    for (const workload of [reader, writer]) {
      const unbound = await unbindKsa.run({ target, workload, accounts: ['reader', 'writer'] }, context(setup))
      expect(unbound).toMatchObject({ output: { remaining: [] } })
    }
    const removal = { target, namespaces: [namespace], mayHaveRequests: mode === 'csr' }
    for (const first of [true, false]) await removeWebhook.run({ ...removal, first }, context(setup))
  }

  describe('by default', () => {
    const name = `connected-${mode}`
    const request = { name, version, webhook, purpose: everything } as const
    beforeAll(begin(request))

    it('the rights are enough for a setup, for a second account in the same namespace, and for a teardown', async () => {
      await setUp(setup)
      const second = await fixture.start({
        ...request,
        on: setup.cluster,
        granted: setup.granted,
        workloads: [reader, writer],
      })
      await setUp(second)
      expect(await observe(setup)).toMatchObject({ output: { gone: false } })
      await tearDown(setup)
      const deployment = { name: 'pod-identity-webhook', namespace }
      expect(await objectIn(setup.cluster, 'Deployment', deployment)).toBeUndefined()
    })

    it('a later refusal names the command that grants rights on all accounts', async () => {
      const other = { namespace: 'others', serviceAccount: 'reader' }
      const second = await fixture.start({
        ...request,
        on: setup.cluster,
        granted: setup.granted,
        workloads: [reader, other],
      })
      await expect(second.run('CheckCluster', 'setup')).rejects.toMatchObject({
        action: expect.stringMatching(
          new RegExp(
            `^Run "wid rights ${name} --apply" .* again with "wid workload add ${name}" or "wid apply", as before$`,
          ),
        ),
      })
    })
  })

  describe('on named accounts, and only for setups', () => {
    const name = `narrow-${mode}`
    const request = { name, version, webhook, namedAccounts: true } as const
    beforeAll(begin(request))

    it('another account is refused before the first write, and the refusal names the command that grants the right', async () => {
      const second = await fixture.start({
        ...request,
        on: setup.cluster,
        granted: setup.granted,
        workloads: [reader, writer],
      })
      setup.cluster.calls.clear()
      await expect(second.run('CheckCluster', 'setup')).rejects.toMatchObject({
        name: 'AccessDenied',
        object: `cluster ${name}`,
        reason: expect.stringMatching(/may not: .*create serviceaccounts writer in apps; .*has been changed/),
        action: expect.stringMatching(
          new RegExp(`^Run "wid rights ${name} --named-accounts --apply" .* again with "wid workload add ${name}" or`),
        ),
      })
      expect(await writesOf(setup)).toEqual([])
    })

    it('a teardown is refused before the first deletion', async () => {
      setup.cluster.calls.clear()
      await expect(observe(setup)).rejects.toMatchObject({
        name: 'AccessDenied',
        reason: expect.stringMatching(/may not: .*delete serviceaccounts reader in apps/),
        action: expect.stringMatching(`--named-accounts --apply" .* again with "wid teardown ${name}"`),
      })
      expect(await writesOf(setup)).toEqual([])
    })

    it('the rights are enough for a setup of the named accounts', async () => {
      expect(await setup.run('CheckCluster', 'setup')).toMatchObject([{ output: {} }])
    })

    it('a teardown of an unreachable cluster continues, because its next steps report that', async () => {
      const target = { ...targetOf(setup), proxyUrl: 'http://127.0.0.1:9' }
      expect(await observe(setup, { target, needs })).toMatchObject({ output: { gone: false } })
      const without = { ...target, credentialsSecretArn: 'workload-identity/nowhere/none' }
      expect(await observe(setup, { target: without, needs })).toMatchObject({ output: { gone: false } })
    })
  })
})
