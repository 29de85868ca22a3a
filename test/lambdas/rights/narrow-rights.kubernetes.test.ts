/**
 * The rights of the manifests are enough for a setup, and none of them is too many: each is taken away by itself, and the
 * step that is said to need it must be refused, and name what it lacks.
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
/** Of a version that there is none of. */
const unpullable = 'amazon/amazon-eks-pod-identity-webhook:v0.2.99'
const patience = { timeout: 60_000, interval: 100 }

/** Real API servers are asked about each right; of the sandbox's own, which `npm test` asks, these tell enough. */
const quick = [
  'list serviceaccounts in the cluster',
  'list events in workload-identity-webhook',
  'get namespaces apps in the cluster',
  'create pods in apps',
]

let world: RightsWorld

beforeAll(async () => {
  world = await startRightsWorld()
})
afterAll(() => world.end())

const asked = { cluster: 'c', secretArn: '', webhookNamespace: namespace, workloads }

/** Given ahead for a workload `default/default`. None of these workloads needs it. */
const givenAhead = 'create serviceaccounts/token default in kube-public'

/**
 * What is taken away here. Real API servers of two versions need not both be asked about a right, since who decides on it
 * sees no version: the older one is asked about those that the newer one's setups do not need.
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#review-your-request-attributes
 */
function toTake(given: readonly OneRight[], mode: Mode): readonly OneRight[] {
  const rights = given.filter(({ title, step }) => title !== givenAhead && !ofChange.test(step))
  if (!peer) return rights.filter(({ title }) => quick.includes(title))
  if (!isLegacy(peer.gitVersion)) return rights
  if (mode !== 'csr') return []
  return beyond(
    rights,
    oneByOne(userClusterManifests({ ...asked, mode: 'own-ca', failurePolicy: 'Fail', hosted: false })),
  )
}

/** What is taken away, by the step that needs it. It depends on nothing but the request, so that it is known before all. */
function rightsOf(mode: Mode, failurePolicy: 'Ignore' | 'Fail') {
  const setup: Setup = { ...asked, mode, failurePolicy, hosted: false }
  const all = toTake(oneByOne(userClusterManifests(setup)), mode).map(onNewCluster)
  return {
    mode,
    of: (...steps: readonly OneRight['step'][]) =>
      all.filter(({ step, optional }) => steps.includes(step) && !optional),
    thatTell: all.filter(({ optional }) => optional),
  }
}

/** DeployWebhook changes only the configuration of a webhook that is in use: on a new cluster it is written later. */
function onNewCluster(right: OneRight): OneRight {
  const isChange =
    right.title ===
    'patch mutatingwebhookconfigurations.admissionregistration.k8s.io pod-identity-webhook in the cluster'
  return isChange ? { ...right, step: 'ActivateWebhook' } : right
}

async function expectRefused(made: RightsSetup, right: OneRight): Promise<void> {
  await made.granted.without(right.title)
  await expect(made.run(right.step, 'setup')).rejects.toMatchObject(refusal(right))
}

function refusal(right: OneRight) {
  return { name: 'AccessDenied', reason: expect.stringMatching(lackOf(right)) }
}

/** What the account has written since the log was cleared. */
async function writesOfAccount({ cluster }: RightsSetup): Promise<string[]> {
  const calls = await cluster.calls.all()
  return calls.filter(({ write, actor }) => write && actor.includes(accountNamespace)).map(({ operation }) => operation)
}

/** How the error names the right; what is given to others, and approvals, are refused in words of their own. */
function lackOf({ rule, resource, verb }: OneRight): RegExp {
  if (verb === 'approve') return /approve requests for the signer kubernetes\.io\/legacy-unknown/
  const isGiven = rule.reasons.some(({ given, verbs }) => given && verbs.includes(verb))
  const named = `may not ${verb} ${qualified(rule, resource)} `
  return new RegExp(isGiven ? `${named}|may not give rights that they do not have themselves` : named)
}

/**
 * A binding to a role that is not there yet is not found, whoever may make bindings: the dry runs, which come before anything
 * is written, cannot tell.
 */
function isSeenLate({ resource, verb }: OneRight): boolean {
  return verb === 'create' && resource.endsWith('bindings')
}

async function remove(made: RightsSetup, ...refs: readonly ObjectRef[]): Promise<void> {
  for (const ref of refs) await made.admin.delete(ref)
}

async function removeAccounts(made: RightsSetup): Promise<void> {
  await remove(
    made,
    ...workloads.map(({ namespace, serviceAccount }) => accountRef({ namespace, name: serviceAccount })),
  )
}

/** Until the pods of a webhook that cannot start, and their events, are told. */
async function untilReported(made: RightsSetup): Promise<void> {
  await vi.waitFor(async () => {
    const [result] = await made.run('CheckWebhook', 'setup')
    expect(result).toMatchObject({ waiting: { reason: expect.stringContaining('; pod '), events: [{}] } })
  }, patience)
}

const accountRef = (ref: { readonly namespace: string; readonly name: string }): ObjectRef => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  ...ref,
})
const canaryRef = accountRef({ namespace, name: canaryAccount(namespace).metadata.name })

/** What DeployWebhook makes, the webhook itself last. */
const webhookRefs: readonly ObjectRef[] = [
  ...['ClusterRole', 'ClusterRoleBinding'].map((kind) => ({ apiVersion: rbac, kind, name: webhookName })),
  ...['Role', 'RoleBinding'].map((kind) => ({ apiVersion: rbac, kind, namespace, name: webhookName })),
  ...['ServiceAccount', 'Service'].map((kind) => ({ apiVersion: 'v1', kind, namespace, name: webhookName })),
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace, name: webhookName },
  { apiVersion: 'v1', kind: 'Secret', namespace, name: ownSecretName },
  { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: webhookName },
]

const webhookSteps = ['DeployWebhook', 'ApproveCsr', 'CheckWebhook', 'ActivateWebhook']

/** Verify, and each step that needs no other state of the cluster than Verify does. */
const laterSteps = stepsOnCluster.filter((state) => !['CheckCluster', ...webhookSteps, 'BindKsa'].includes(state))

const kinds = [
  ...versionsHere('1.33.2').map((version) => ({ version, mode: 'own-ca', failurePolicy: 'Fail' }) as const),
  ...versionsHere('1.21.14').map((version) => ({ version, mode: 'csr', failurePolicy: 'Ignore' }) as const),
]

describe.each(kinds)(
  'a setup on $version whose webhook has its certificate by $mode',
  ({ version, mode, failurePolicy }) => {
    const rights = rightsOf(mode, failurePolicy)
    let made: RightsSetup

    beforeAll(async () => {
      const webhook = { mode: 'install', certificate: mode, failurePolicy }
      made = await world.start({ name: `install-${mode}`, version, webhook, workloads })
    })

    describe('before the webhook is there', () => {
      beforeEach(() => remove(made, ...webhookRefs))

      eachRight(rights.of('CheckCluster', 'DeployWebhook'), 'is refused without', async (right) => {
        made.cluster.calls.clear()
        await expectRefused(made, right)
        if (!isSeenLate(right)) expect(await writesOfAccount(made)).toEqual([])
      })

      it('these steps have all that they need, and the dry runs of all steps', async () => {
        await made.granted.all()
        await made.done('CheckCluster', 'setup')
        made.cluster.calls.clear()
        const changes = await made.plan()
        expect(changes.map(({ action }) => action)).toContain('created')
        expect(changes.flatMap(({ refused }) => refused ?? [])).toEqual([])
        expect(await writesOfAccount(made)).toEqual([])
        await made.deploy('setup', unpullable)
      })
    })

    describe('while the webhook cannot start', () => {
      it('its pods and their events are told', async () => {
        await made.granted.all()
        await untilReported(made)
      })

      eachRight(rights.thatTell, 'goes on, and tells less, without', async (right) => {
        await made.granted.without(right.title)
        const [result] = await made.run(right.step, 'setup')
        expect(result).toMatchObject({ waiting: { reason: expect.not.stringContaining('; pod ') } })
        expect(result).not.toHaveProperty('waiting.events')
      })

      it('the right image is put in its place', async () => {
        await made.granted.all()
        await made.done('DeployWebhook', 'setup')
      })
    })

    if (mode === 'csr') {
      describe('while its requests are pending', () => {
        eachRight(rights.of('ApproveCsr'), 'is refused without', async (right) => {
          await made.granted.without(right.title)
          await expect(made.done('ApproveCsr', 'setup')).rejects.toMatchObject(refusal(right))
        })

        it('this step has all that it needs', async () => {
          await made.granted.all()
          await made.done('ApproveCsr', 'setup')
        })
      })
    }

    describe('when it is ready', () => {
      beforeAll(() => made.untilReady())
      beforeEach(() => remove(made, canaryConfigurationRef, canaryRef))

      eachRight(rights.of('CheckWebhook'), 'is refused without', (right) => expectRefused(made, right))

      it('this step has all that it needs', async () => {
        await made.granted.all()
        await made.done('CheckWebhook', 'setup')
      })
    })

    describe('when it has passed its check', () => {
      beforeEach(async () => {
        await remove(made, realConfigurationRef)
        await made.done('CheckWebhook', 'admin')
      })

      eachRight(rights.of('ActivateWebhook'), 'is refused without', (right) => expectRefused(made, right))

      it('this step has all that it needs', async () => {
        await made.granted.all()
        await made.done('ActivateWebhook', 'setup')
        expect(await made.admin.get(realConfigurationRef)).toBeDefined()
        expect(await made.admin.get(canaryConfigurationRef)).toBeUndefined()
      })
    })

    describe('when pods are sent to it', () => {
      beforeEach(() => removeAccounts(made))

      eachRight(rights.of('BindKsa'), 'is refused without', (right) => expectRefused(made, right))

      it('this step has all that it needs', async () => {
        await made.granted.all()
        await made.done('BindKsa', 'setup')
      })
    })

    describe('when accounts are bound', () => {
      beforeAll(() => made.done('Verify', 'admin'))

      eachRight(rights.of(...laterSteps), 'is refused without', (right) => expectRefused(made, right))

      it('this step has all that it needs, and all steps a second time, when they write nothing', async () => {
        await made.granted.all()
        for (const step of laterSteps) await made.done(step, 'setup')
        made.cluster.calls.clear()
        expect((await made.plan()).filter(({ action }) => action !== 'unchanged')).toEqual([])
        for (const step of stepsOnCluster) await made.done(step, 'setup')
        expect(await writesOfAccount(made)).toEqual([])
      })
    })

    it('every right was taken away once', () => expectAll(made, rights))

    // On a cluster of its own: where another setup has given the workloads all that they need, no write is refused.
    describe('and one with webhook.mode managed', () => {
      let managed: RightsSetup

      beforeAll(async () => {
        const name = `managed-${mode}`
        const webhook = { mode: 'install', certificate: mode, failurePolicy }
        const installed = await world.start({ name, version, webhook, workloads })
        for (const step of webhookSteps) await installed.done(step, 'admin')
        managed = await world.start({ name, on: installed.cluster, webhook: { mode: 'managed' }, workloads })
      })

      takenOneByOne(rightsOf('managed', 'Ignore'), () => managed)
    })
  },
)

describe('a setup with webhook.mode none', () => {
  let made: RightsSetup

  beforeAll(async () => {
    made = await world.start({ name: 'none', webhook: { mode: 'none' }, workloads })
  })

  takenOneByOne(rightsOf('none', 'Ignore'), () => made)
})

describe.each(peer ? kinds : [])('the rights for a whole cluster', ({ version, mode, failurePolicy }) => {
  it(`are enough for a setup with ${mode} that makes the namespaces, too`, async () => {
    const webhook = { mode: 'install', certificate: mode, failurePolicy }
    const made = await world.start({ name: `whole-${mode}`, version, webhook, workloads, isWhole: true })
    for (const step of stepsOnCluster) await made.done(step, 'setup')
    expect(await made.admin.get({ apiVersion: 'v1', kind: 'Namespace', name: 'apps' })).toBeDefined()
  })
})

/** The rights of a setup that installs no webhook. */
function takenOneByOne(rights: ReturnType<typeof rightsOf>, of: () => RightsSetup): void {
  eachRight(rights.of('CheckCluster'), 'is refused without', (right) => expectRefused(of(), right))

  describe('before accounts are bound', () => {
    beforeEach(() => removeAccounts(of()))

    eachRight(rights.of('BindKsa'), 'is refused without', (right) => expectRefused(of(), right))

    it('these steps have all that they need', async () => {
      await of().granted.all()
      for (const step of ['CheckCluster', 'BindKsa'] as const) await of().done(step, 'setup')
    })
  })

  describe('when they are', () => {
    beforeAll(async () => {
      await of().done('BindKsa', 'admin')
      await of().done('Verify', 'admin')
    })

    eachRight(rights.of(...laterSteps), 'is refused without', (right) => expectRefused(of(), right))

    it('this step has all that it needs', async () => {
      await of().granted.all()
      for (const step of laterSteps) await of().done(step, 'setup')
    })
  })

  it('every right was taken away once', () => expectAll(of(), rights))
}

function expectAll(made: RightsSetup, rights: ReturnType<typeof rightsOf>): void {
  const all = toTake(made.rights, rights.mode).map(({ title }) => title)
  const taken = [...rights.thatTell, ...rights.of(...setupStates)]
  expect(taken.map(({ title }) => title).toSorted()).toEqual(all.toSorted())
}
