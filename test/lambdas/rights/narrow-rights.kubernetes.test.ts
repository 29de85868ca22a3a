/**
 * The rights of the manifests are enough for a setup, and each is needed: without it, the step in its description is refused,
 * and the error names it.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ObjectRef } from '../../../lambdas/clouds/kubernetes/object.ts'
import { accountNamespace } from '../../../lambdas/ownership/setup-account.ts'
import { userClusterManifests } from '../../../lambdas/rights/manifests.ts'
import { setupStates } from '../../../lambdas/rights/rights.ts'
import type { Setup } from '../../../lambdas/rights/setup.ts'
import type { Mode } from '../../../lambdas/steps/kubernetes-right.ts'
import { canaryAccount } from '../../../lambdas/webhook/desired/canary.ts'
import { canaryConfigurationRef, realConfigurationRef } from '../../../lambdas/webhook/desired/configuration.ts'
import { ownSecretName, webhookName } from '../../../lambdas/webhook/desired/names.ts'
import { isLegacy, peer, versionsHere } from '../../support/kubernetes/kubernetes-peer.ts'
import { beyond, eachRight, type OneRight, oneByOne, qualified } from '../../support/kubernetes/rights.ts'
import {
  ofChange,
  type RightsSetup,
  type RightsWorld,
  startRightsWorld,
  stepsOnCluster,
} from '../../support/kubernetes/rights-setup.ts'

const workloads = [
  { namespace: 'apps', serviceAccount: 'reader' },
  { namespace: 'apps', serviceAccount: 'writer' },
  { namespace: 'default', serviceAccount: 'reader' },
]
const namespace = 'workload-identity-webhook'
const rbac = 'rbac.authorization.k8s.io/v1'
/** An image that does not exist. */
const unpullable = 'amazon/amazon-eks-pod-identity-webhook:v0.2.99'
const patience = { timeout: 60_000, interval: 100 }

/** Real API servers are tested with each right. For the sandbox's API server, which `npm test` uses, these are enough. */
const quick = [
  'list serviceaccounts in the cluster',
  'list events in workload-identity-webhook',
  'get namespaces apps in the cluster',
  'create pods in apps',
]

let fixture: RightsWorld

beforeAll(async () => {
  fixture = await startRightsWorld()
})
afterAll(() => fixture.end())

const request = { cluster: 'c', secretArn: '', webhookNamespace: namespace, workloads }

/** The manifests grant it for a later workload `default/default`. No workload of this file needs it. */
const grantedInAdvance = 'create serviceaccounts/token default in kube-public'

/**
 * The rights that the tests remove. RBAC does not depend on the version, so each right is tested on one real API server:
 * the older one is tested with those that setups on the newer one do not need.
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#review-your-request-attributes
 */
function rightsToRemove(given: readonly OneRight[], mode: Mode): readonly OneRight[] {
  const rights = given.filter(({ title, step }) => title !== grantedInAdvance && !ofChange.test(step))
  if (!peer) return rights.filter(({ title }) => quick.includes(title))
  if (!isLegacy(peer.gitVersion)) return rights
  if (mode !== 'csr') return []
  return beyond(
    rights,
    oneByOne(userClusterManifests({ ...request, mode: 'own-ca', failurePolicy: 'Fail', hosted: false })),
  )
}

/** The removed rights by the step that needs them. They depend only on the request, because vitest needs the titles of tests first. */
function rightsOf(mode: Mode, failurePolicy: 'Ignore' | 'Fail') {
  const setup: Setup = { ...request, mode, failurePolicy, hosted: false }
  const all = rightsToRemove(oneByOne(userClusterManifests(setup)), mode).map(onNewCluster)
  return {
    mode,
    of: (...steps: readonly OneRight['step'][]) =>
      all.filter(({ step, optional }) => steps.includes(step) && !optional),
    optional: all.filter(({ optional }) => optional),
  }
}

/** On a new cluster ActivateWebhook writes the configuration. DeployWebhook changes it only for a webhook in use. */
function onNewCluster(right: OneRight): OneRight {
  const isChange =
    right.title ===
    'patch mutatingwebhookconfigurations.admissionregistration.k8s.io pod-identity-webhook in the cluster'
  return isChange ? { ...right, step: 'ActivateWebhook' } : right
}

async function expectRefused(setup: RightsSetup, right: OneRight): Promise<void> {
  await setup.granted.without(right.title)
  await expect(setup.run(right.step, 'setup')).rejects.toMatchObject(refusal(right))
}

function refusal(right: OneRight) {
  return { name: 'AccessDenied', reason: expect.stringMatching(lackOf(right)) }
}

/** The writes of the account since the log was cleared. */
async function writesOfAccount({ cluster }: RightsSetup): Promise<string[]> {
  const calls = await cluster.calls.all()
  return calls.filter(({ write, actor }) => write && actor.includes(accountNamespace)).map(({ operation }) => operation)
}

/** How the error names the right. Approvals, and rights that the account grants to others, have different messages. */
function lackOf({ rule, resource, verb }: OneRight): RegExp {
  if (verb === 'approve') return /approve requests for the signer kubernetes\.io\/legacy-unknown/
  const isGiven = rule.reasons.some(({ alsoOfWebhook, verbs }) => alsoOfWebhook && verbs.includes(verb))
  const named = `may not ${verb} ${qualified(rule, resource)} `
  return new RegExp(isGiven ? `${named}|may not grant rights that they do not have themselves` : named)
}

/**
 * True if a dry run does not notice that the right is missing: it creates bindings before their roles exist, and gets
 * "not found" with and without the right.
 */
function isNoticedLate({ resource, verb }: OneRight): boolean {
  return verb === 'create' && resource.endsWith('bindings')
}

async function remove(setup: RightsSetup, ...refs: readonly ObjectRef[]): Promise<void> {
  for (const ref of refs) await setup.admin.delete(ref)
}

async function removeAccounts(setup: RightsSetup): Promise<void> {
  await remove(
    setup,
    ...workloads.map(({ namespace, serviceAccount }) => accountRef({ namespace, name: serviceAccount })),
  )
}

/** Waits until the step reports the pods of a webhook that cannot start, and their events. */
async function untilReported(setup: RightsSetup): Promise<void> {
  await vi.waitFor(async () => {
    const [result] = await setup.run('CheckWebhook', 'setup')
    expect(result).toMatchObject({ waiting: { reason: expect.stringContaining('; pod '), events: [{}] } })
  }, patience)
}

const accountRef = (ref: { readonly namespace: string; readonly name: string }): ObjectRef => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  ...ref,
})
const canaryRef = accountRef({ namespace, name: canaryAccount(namespace).metadata.name })

/** The objects of DeployWebhook, the Deployment last. */
const webhookRefs: readonly ObjectRef[] = [
  ...['ClusterRole', 'ClusterRoleBinding'].map((kind) => ({ apiVersion: rbac, kind, name: webhookName })),
  ...['Role', 'RoleBinding'].map((kind) => ({ apiVersion: rbac, kind, namespace, name: webhookName })),
  ...['ServiceAccount', 'Service'].map((kind) => ({ apiVersion: 'v1', kind, namespace, name: webhookName })),
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace, name: webhookName },
  { apiVersion: 'v1', kind: 'Secret', namespace, name: ownSecretName },
  { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: webhookName },
]

const webhookSteps = ['DeployWebhook', 'ApproveCsr', 'CheckWebhook', 'ActivateWebhook']

/** Verify, and each step that needs the same state of the cluster. */
const laterSteps = stepsOnCluster.filter((state) => !['CheckCluster', ...webhookSteps, 'BindKsa'].includes(state))

const kinds = [
  ...versionsHere('1.33.2').map((version) => ({ version, mode: 'own-ca', failurePolicy: 'Fail' }) as const),
  ...versionsHere('1.21.14').map((version) => ({ version, mode: 'csr', failurePolicy: 'Ignore' }) as const),
]

describe.each(kinds)(
  'a setup on $version whose webhook has its certificate by $mode',
  ({ version, mode, failurePolicy }) => {
    const rights = rightsOf(mode, failurePolicy)
    let setup: RightsSetup

    beforeAll(async () => {
      const webhook = { mode: 'install', certificate: mode, failurePolicy }
      setup = await fixture.start({ name: `install-${mode}`, version, webhook, workloads })
    })

    describe('before the webhook exists', () => {
      beforeEach(() => remove(setup, ...webhookRefs))

      eachRight(rights.of('CheckCluster', 'DeployWebhook'), 'is refused without', async (right) => {
        setup.cluster.calls.clear()
        await expectRefused(setup, right)
        if (!isNoticedLate(right)) expect(await writesOfAccount(setup)).toEqual([])
      })

      it('the rights are enough for these steps, and for the dry runs of all steps', async () => {
        await setup.granted.all()
        await setup.done('CheckCluster', 'setup')
        setup.cluster.calls.clear()
        const changes = await setup.plan()
        expect(changes.map(({ action }) => action)).toContain('created')
        expect(changes.flatMap(({ refused }) => refused ?? [])).toEqual([])
        expect(await writesOfAccount(setup)).toEqual([])
        await setup.deploy('setup', unpullable)
      })
    })

    describe('while the webhook cannot start', () => {
      it('its pods and their events are reported', async () => {
        await setup.granted.all()
        await untilReported(setup)
      })

      eachRight(rights.optional, 'waits without that report without', async (right) => {
        await setup.granted.without(right.title)
        const [result] = await setup.run(right.step, 'setup')
        expect(result).toMatchObject({ waiting: { reason: expect.not.stringContaining('; pod ') } })
        expect(result).not.toHaveProperty('waiting.events')
      })

      it('the correct image replaces it', async () => {
        await setup.granted.all()
        await setup.done('DeployWebhook', 'setup')
      })
    })

    if (mode === 'csr') {
      describe('while its requests are pending', () => {
        eachRight(rights.of('ApproveCsr'), 'is refused without', async (right) => {
          await setup.granted.without(right.title)
          await expect(setup.done('ApproveCsr', 'setup')).rejects.toMatchObject(refusal(right))
        })

        it('the rights are enough for this step', async () => {
          await setup.granted.all()
          await setup.done('ApproveCsr', 'setup')
        })
      })
    }

    describe('when it is ready', () => {
      beforeAll(() => setup.untilReady())
      beforeEach(() => remove(setup, canaryConfigurationRef, canaryRef))

      eachRight(rights.of('CheckWebhook'), 'is refused without', (right) => expectRefused(setup, right))

      it('the rights are enough for this step', async () => {
        await setup.granted.all()
        await setup.done('CheckWebhook', 'setup')
      })
    })

    describe('when it has passed its check', () => {
      beforeEach(async () => {
        await remove(setup, realConfigurationRef)
        await setup.done('CheckWebhook', 'admin')
      })

      eachRight(rights.of('ActivateWebhook'), 'is refused without', (right) => expectRefused(setup, right))

      it('the rights are enough for this step', async () => {
        await setup.granted.all()
        await setup.done('ActivateWebhook', 'setup')
        expect(await setup.admin.get(realConfigurationRef)).toBeDefined()
        expect(await setup.admin.get(canaryConfigurationRef)).toBeUndefined()
      })
    })

    describe('when pods are sent to it', () => {
      beforeEach(() => removeAccounts(setup))

      eachRight(rights.of('BindKsa'), 'is refused without', (right) => expectRefused(setup, right))

      it('the rights are enough for this step', async () => {
        await setup.granted.all()
        await setup.done('BindKsa', 'setup')
      })
    })

    describe('when accounts are bound', () => {
      beforeAll(() => setup.done('Verify', 'admin'))

      eachRight(rights.of(...laterSteps), 'is refused without', (right) => expectRefused(setup, right))

      it('the rights are enough for this step, and for a second run of all steps, which writes nothing', async () => {
        await setup.granted.all()
        for (const step of laterSteps) await setup.done(step, 'setup')
        setup.cluster.calls.clear()
        expect((await setup.plan()).filter(({ action }) => action !== 'unchanged')).toEqual([])
        for (const step of stepsOnCluster) await setup.done(step, 'setup')
        expect(await writesOfAccount(setup)).toEqual([])
      })
    })

    it('each right was removed once', () => expectAll(setup, rights))

    // On another cluster: here the earlier setup has bound the accounts, so that this one would write nothing.
    describe('and one with webhook.mode managed', () => {
      let managed: RightsSetup

      beforeAll(async () => {
        const name = `managed-${mode}`
        const webhook = { mode: 'install', certificate: mode, failurePolicy }
        const installed = await fixture.start({ name, version, webhook, workloads })
        for (const step of webhookSteps) await installed.done(step, 'admin')
        managed = await fixture.start({ name, on: installed.cluster, webhook: { mode: 'managed' }, workloads })
      })

      removedOneByOne(rightsOf('managed', 'Ignore'), () => managed)
    })
  },
)

describe('a setup with webhook.mode none', () => {
  let setup: RightsSetup

  beforeAll(async () => {
    setup = await fixture.start({ name: 'none', webhook: { mode: 'none' }, workloads })
  })

  removedOneByOne(rightsOf('none', 'Ignore'), () => setup)
})

describe.each(peer ? kinds : [])('the rights for a whole cluster', ({ version, mode, failurePolicy }) => {
  it(`are enough for a setup with ${mode} that also creates the namespaces`, async () => {
    const webhook = { mode: 'install', certificate: mode, failurePolicy }
    const setup = await fixture.start({ name: `whole-${mode}`, version, webhook, workloads, isWhole: true })
    for (const step of stepsOnCluster) await setup.done(step, 'setup')
    expect(await setup.admin.get({ apiVersion: 'v1', kind: 'Namespace', name: 'apps' })).toBeDefined()
  })
})

/** Tests the rights of a setup without a webhook of the product. */
function removedOneByOne(rights: ReturnType<typeof rightsOf>, setup: () => RightsSetup): void {
  eachRight(rights.of('CheckCluster'), 'is refused without', (right) => expectRefused(setup(), right))

  describe('before accounts are bound', () => {
    beforeEach(() => removeAccounts(setup()))

    eachRight(rights.of('BindKsa'), 'is refused without', (right) => expectRefused(setup(), right))

    it('the rights are enough for these steps', async () => {
      await setup().granted.all()
      for (const step of ['CheckCluster', 'BindKsa'] as const) await setup().done(step, 'setup')
    })
  })

  describe('when accounts are bound', () => {
    beforeAll(async () => {
      await setup().done('BindKsa', 'admin')
      await setup().done('Verify', 'admin')
    })

    eachRight(rights.of(...laterSteps), 'is refused without', (right) => expectRefused(setup(), right))

    it('the rights are enough for this step', async () => {
      await setup().granted.all()
      for (const step of laterSteps) await setup().done(step, 'setup')
    })
  })

  it('each right was removed once', () => expectAll(setup(), rights))
}

function expectAll(setup: RightsSetup, rights: ReturnType<typeof rightsOf>): void {
  const all = rightsToRemove(setup.rights, rights.mode).map(({ title }) => title)
  const removed = [...rights.optional, ...rights.of(...setupStates)]
  expect(removed.map(({ title }) => title).toSorted()).toEqual(all.toSorted())
}
