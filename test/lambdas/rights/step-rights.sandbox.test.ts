/**
 * An account with only the rights in the description of a step can run it, and the API server refuses none of its calls.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { steps } from '../../../infra/steps.ts'
import { description as applyClusterDescription } from '../../../lambdas/cluster/apply-cluster.step.ts'
import * as applyCluster from '../../../lambdas/cluster/apply-cluster.ts'
import { description as checkClusterDescription } from '../../../lambdas/cluster/check-cluster.step.ts'
import * as checkCluster from '../../../lambdas/cluster/check-cluster.ts'
import * as deleteCluster from '../../../lambdas/cluster/delete-cluster.ts'
import * as observeCluster from '../../../lambdas/cluster/observe-cluster.ts'
import * as renewCredentials from '../../../lambdas/credentials/renew-credentials.ts'
import * as revokeKey from '../../../lambdas/discovery/revoke-key.ts'
import { kubernetesOwnership } from '../../../lambdas/ownership/labels.ts'
import { clusterAccount, managementAccount } from '../../../lambdas/ownership/setup-account.ts'
import type { Change } from '../../../lambdas/report/change.ts'
import { manifestsFor } from '../../../lambdas/rights/manifests.ts'
import { type Right, renewalStates, setupStates, teardownStates } from '../../../lambdas/rights/rights.ts'
import { rulesFor } from '../../../lambdas/rights/rules.ts'
import { rightsSetupOf } from '../../../lambdas/rights/setup.ts'
import * as unbindKsa from '../../../lambdas/service-account/unbind-ksa.ts'
import type { Place } from '../../../lambdas/steps/kubernetes-right.ts'
import * as approveCsr from '../../../lambdas/webhook/approve-csr.ts'
import { canaryName, candidateName, ownSecretName, webhookName } from '../../../lambdas/webhook/desired/names.ts'
import * as removeWebhook from '../../../lambdas/webhook/remove-webhook.ts'
import * as renewCertificate from '../../../lambdas/webhook/renew-certificate.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import { asString, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { exampleBody } from '../../support/api/requests.ts'
import { accountCredentials } from '../../support/aws/account-credentials.ts'
import { startChangeRights } from '../../support/kubernetes/change-rights.ts'
import { clientOf, minorOf, objectIn, writeAs } from '../../support/kubernetes/clusters.ts'
import { bindReader } from '../../support/kubernetes/pod-load.ts'
import { requestOf } from '../../support/kubernetes/request-of.ts'
import { grant } from '../../support/kubernetes/rights.ts'
import { rightsOfStates } from '../../support/kubernetes/rights-of-states.ts'
import {
  ofChange,
  type RightsSetup,
  type RightsWorld,
  startRightsWorld,
  stepsOnCluster,
} from '../../support/kubernetes/rights-setup.ts'
import { grantEach, type RightsInUse, refusedCalls, rightsInUse } from '../../support/kubernetes/step-rights.ts'
import { foundStatus, stepContext } from '../../support/steps/step-context.ts'
import { ageCertificate } from '../../support/webhook/aged-certificate.ts'

const namespace = 'workload-identity-webhook'
const workload = { namespace: 'apps', serviceAccount: 'reader' }
const adopted = { [kubernetesOwnership.adoptedAnnotation]: 'true' }

const isOfManagement = ({ place }: Right) => place === 'management'
const isOfUserCluster = (right: Right) => !isOfManagement(right)
const statesWhere = (isOf: (right: Right) => boolean, states: readonly string[]) =>
  states.filter((state) => rightsOfStates([state]).some(isOf))

const onUserCluster = statesWhere(isOfUserCluster, [
  ...setupStates.filter((state) => !ofChange.test(state)),
  ...teardownStates,
  'RenewCertificate',
  'RevokeKey',
])
const onManagement = statesWhere(isOfManagement, [...setupStates, ...teardownStates])

const refusedOf = (changes: readonly Change[]) => changes.flatMap(({ refused }) => refused ?? [])
const writtenOf = (changes: readonly Change[]) => changes.filter(({ action }) => action !== 'unchanged')

/**
 * Rights by the situation in which a step uses them, which this file does not create. `narrow-rights.kubernetes.test.ts` and
 * `narrow-teardown-rights.kubernetes.test.ts` test most of them on real API servers.
 */
const usedElsewhere: Readonly<Record<string, readonly string[]>> = {
  'the deployment hosts the issuer': [
    'PublishDiscovery: create serviceaccounts/token default in default',
    'CheckIssuer: create serviceaccounts/token default in default',
  ],
  'pods of the webhook are not ready, and the step reports why': [
    `ActivateWebhook: list pods in ${namespace}`,
    `ActivateWebhook: list events in ${namespace}`,
    `RenewCertificate: list pods in ${namespace}`,
    `RenewCertificate: list events in ${namespace}`,
  ],
  'a plan or a drift is of several workloads': ['CheckCluster: list serviceaccounts in the cluster'],
  'another workload is the account `default` of the namespace': [
    'Verify: create serviceaccounts/token default in default',
  ],
  'a verification finds pods without their role': ['Verify: get serviceaccounts in apps'],
  'the pods of an account have not ended': ['UnbindKsa: get replicasets.apps in apps'],
  'a change of the webhook was interrupted': [
    `RemoveWebhook: delete mutatingwebhookconfigurations.admissionregistration.k8s.io ${candidateName} in the cluster`,
    `RemoveWebhook: delete deployments.apps ${candidateName} in ${namespace}`,
    `RemoveWebhook: delete services ${candidateName} in ${namespace}`,
    `RemoveWebhook: delete serviceaccounts ${candidateName} in ${namespace}`,
    `RemoveWebhook: delete secrets ${candidateName}-tls in ${namespace}`,
    `DeployCandidate: patch mutatingwebhookconfigurations.admissionregistration.k8s.io ${webhookName} in the cluster`,
  ],
  'a setup was interrupted, or has adopted the canary': [
    `RemoveWebhook: delete mutatingwebhookconfigurations.admissionregistration.k8s.io ${canaryName} in the cluster`,
    `RemoveWebhook: patch mutatingwebhookconfigurations.admissionregistration.k8s.io ${canaryName} in the cluster`,
    `RemoveWebhook: delete serviceaccounts ${canaryName} in ${namespace}`,
    `RemoveWebhook: patch serviceaccounts ${canaryName} in ${namespace}`,
  ],
  'the webhook is not adopted': [`RemoveWebhook: delete deployments.apps ${webhookName} in ${namespace}`],
  'the API server asks for it at an approval': [
    'ApproveCsr: approve signers.certificates.k8s.io kubernetes.io/legacy-unknown in the cluster',
  ],
  'a request is left over': ['DeleteCsrs: delete certificatesigningrequests.certificates.k8s.io in the cluster'],
}

let fixture: RightsWorld
/** Of each cluster. */
const inUse: RightsInUse[] = []

beforeAll(async () => {
  fixture = await startRightsWorld()
})
afterAll(() => fixture.end())

async function storeEach(kubeconfigs: ReadonlyMap<string, string>, cluster: string): Promise<void> {
  for (const [state, kubeconfig] of kubeconfigs) await fixture.secrets.keep(`${cluster}/${state}`, kubeconfig)
}

const targetOf = (cluster: AnyCluster, state: string) => ({
  name: cluster.name,
  credentialsSecretArn: `workload-identity/${cluster.name}/${state}`,
})

describe.each([
  { version: '1.33.2', mode: 'own-ca', failurePolicy: 'Fail' } as const,
  { version: '1.21.14', mode: 'csr', failurePolicy: 'Ignore' } as const,
])('with the rights of its own description, on $version with $mode', ({ version, mode, failurePolicy }) => {
  const ofSetup = statesWhere(isOfUserCluster, stepsOnCluster)
  let setup: RightsSetup

  beforeAll(async () => {
    const webhook = { mode: 'install', certificate: mode, failurePolicy }
    setup = await fixture.start({ name: `steps-${mode}`, version, webhook, workloads: [workload] })
    await storeEach(
      await grantEach(setup.cluster, setup.setup, { states: onUserCluster, isOf: isOfUserCluster }),
      setup.cluster.name,
    )
    setup.cluster.calls.clear()
  })

  afterAll(() => {
    inUse.push(rightsInUse(setup.cluster, setup.setup, { states: onUserCluster, isOf: isOfUserCluster }))
  })

  const expectNoRefusal = () => expect(refusedCalls(setup.cluster, ofSetup)).toEqual([])
  const plan = () => setup.plan((step) => step)
  /** Runs all steps, also after the failure of one, because later tests need their objects. */
  const setUp = async () => {
    const failures: string[] = []
    for (const step of ofSetup) {
      await setup.done(step, step).catch((error: unknown) => failures.push(`${step}: ${error}`))
    }
    expect.soft(failures).toEqual([])
  }
  const context = (dryRun = false) => {
    const facts = { issuerUrl: setup.cluster.settings.issuer, kubernetesMinor: minorOf(setup.cluster) }
    return stepContext(setup.cluster.name, 20_000, dryRun, foundStatus(facts))
  }

  it('each step of a setup succeeds on a new cluster, after its dry run', async () => {
    await expect.soft(plan().then(refusedOf)).resolves.toEqual([])
    await setUp()
    expectNoRefusal()
  })

  it('each step of a setup succeeds in a second run, after its dry run', async () => {
    await expect.soft(plan().then(writtenOf)).resolves.toEqual([])
    await setUp()
    expectNoRefusal()
  })

  if (mode === 'own-ca') {
    it('each step of a setup succeeds when the webhook in use gets another certificate', async () => {
      await setup.admin.delete({ apiVersion: 'v1', kind: 'Secret', name: ownSecretName, namespace })
      await expect.soft(plan()).resolves.toBeDefined()
      await setUp()
      expectNoRefusal()
    })

    it('RenewCertificate renews the certificate, and removes the old CA later', async () => {
      const { installed, cluster } = setup
      if (!('image' in installed)) throw new Error('no webhook was installed')
      await bindReader(setup.admin)
      await ageCertificate({ cluster, client: setup.admin, ...installed }, 270)
      const input = { target: targetOf(cluster, 'RenewCertificate'), issuerUrl: cluster.settings.issuer, installed }
      expect(await renewCertificate.run(input, context())).toMatchObject({ output: { certificate: 'renewed' } })
      await setup.untilReady()
      expect(await renewCertificate.run(input, context())).toMatchObject({ output: { certificate: 'finished' } })
      expect(refusedCalls(cluster, ['RenewCertificate'])).toEqual([])
    })
  } else {
    it('ApproveCsr compares the issuer, as in a rotation', async () => {
      const { installed, cluster } = setup
      const target = targetOf(cluster, 'ApproveCsr')
      await approveCsr.run({ target, issuerUrl: cluster.settings.issuer, installed }, context())
      expect(refusedCalls(cluster, ['ApproveCsr'])).toEqual([])
    })

    it('ApproveCsr reports why the pods of the webhook do not start', async () => {
      const { installed, cluster } = setup
      if (!(cluster instanceof Cluster)) throw new Error('only the emulated cluster can run out of nodes')
      cluster.isSchedulable = false
      for (const { metadata } of await setup.admin.list({ apiVersion: 'v1', kind: 'Pod', namespace })) {
        await setup.admin.delete({ apiVersion: 'v1', kind: 'Pod', name: asString(metadata?.name), namespace })
      }
      const target = targetOf(cluster, 'ApproveCsr')
      const observe = () => approveCsr.run({ target, installed }, context())
      await expect.poll(observe, { timeout: 10_000 }).toHaveProperty('waiting.events')
      cluster.isSchedulable = true
      await setup.untilReady()
      expect(refusedCalls(cluster, ['ApproveCsr'])).toEqual([])
    })
  }

  it('RevokeKey reads the key that the cluster signs with', async () => {
    const { cluster } = setup
    const { keySet } = await cluster.issuerDocuments()
    const key = { kid: asString(objectsIn(keySet.keys)[0]?.kid), thumbprint: 'any' }
    const input = { target: targetOf(cluster, 'RevokeKey'), issuerUrl: cluster.settings.issuer, key }
    const revocation = revokeKey.run({ ...input, force: false, revokedBy: 'somebody' }, context())
    await expect(revocation).rejects.toMatchObject({ name: 'KeyInUse' })
    expect(refusedCalls(cluster, ['RevokeKey'])).toEqual([])
  })

  describe('a teardown', () => {
    const unbind = (dryRun = false) =>
      unbindKsa.run(
        { target: targetOf(setup.cluster, 'UnbindKsa'), workload, accounts: [workload.serviceAccount] },
        context(dryRun),
      )
    const remove = (dryRun = false) =>
      removeWebhook.run(
        {
          target: targetOf(setup.cluster, 'RemoveWebhook'),
          namespaces: [namespace],
          mayHaveRequests: mode === 'csr',
          first: false,
        },
        context(dryRun),
      )

    it('removes the role of an adopted account, and deletes an account that a setup has created', async () => {
      const account = { apiVersion: 'v1', kind: 'ServiceAccount' } as const
      const metadata = { namespace: workload.namespace, name: workload.serviceAccount }
      const kept = { object: 'Namespace apps', action: 'unchanged' }
      await writeAs(setup.cluster, 'test', { ...account, metadata: { ...metadata, annotations: adopted } })
      expect(await unbind(true)).toMatchObject({ output: { podsSeen: true }, changes: [{ action: 'updated' }, kept] })
      expect(await unbind()).toMatchObject({ output: { remaining: [] }, changes: [{ action: 'updated' }, kept] })
      await setup.admin.delete({ ...account, ...metadata })
      await setup.done('BindKsa', 'admin')
      expect(await unbind()).toMatchObject({ output: { remaining: [] }, changes: [{ action: 'deleted' }, kept] })
      expect(refusedCalls(setup.cluster, ['UnbindKsa'])).toEqual([])
    })

    // Without expecting no refusals: the step lists other objects of the namespace, and continues after a refusal.
    it('removes our labels of an adopted webhook, and deletes a webhook that a setup has created', async () => {
      const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' } as const
      const metadata = { namespace, name: webhookName }
      await writeAs(setup.cluster, 'test', { ...deployment, metadata: { ...metadata, annotations: adopted } })
      expect(await remove(true)).toMatchObject({ output: { remaining: [] } })
      await setup.admin.delete({ ...deployment, ...metadata })
      expect(await remove()).toMatchObject({ output: { remaining: [] } })
      expect(await objectIn(setup.cluster, 'Service', metadata)).toBeUndefined()
    })
  })
})

describe('with the rights of its own description, on a management cluster', () => {
  const name = 'prod-eu'
  const request = requestOf(exampleBody('setup'), 'examples/setup.json')
  let management: AnyCluster

  beforeAll(async () => {
    management = await fixture.clusters.start('management', { management: true })
    const granted = await grantEach(management, rightsSetupOf(request), { states: onManagement, isOf: isOfManagement })
    await storeEach(granted, management.name)
    management.calls.clear()
  })

  afterAll(() => {
    inUse.push(rightsInUse(management, rightsSetupOf(request), { states: onManagement, isOf: isOfManagement }))
  })

  const credentialsOf = (state: string) => ({
    credentialsSecretArn: targetOf(management, state).credentialsSecretArn,
    namespace: 'default',
  })
  const inputOf = (state: string) => ({ clusterName: name, management: credentialsOf(state) })
  const context = () => stepContext(name)
  const apply = () => {
    const { spec, nodePools } = request.cluster
    const input = { ...inputOf('ApplyCluster'), spec, nodePools, adopt: false }
    return applyCluster.run(applyClusterDescription.input.parse(input), context())
  }
  const remove = (isDeleted = true) =>
    deleteCluster.run({ ...inputOf('DeleteCluster'), deleteCluster: isDeleted }, context())

  it('each step succeeds', async () => {
    await apply()
    const management = credentialsOf('CheckCluster')
    const cluster = { name, provider: 'gke-on-aws', credentialsSecretArn: 'workload-identity/prod-eu/none', management }
    expect(await checkCluster.run(checkClusterDescription.input.parse({ cluster }), context())).toHaveProperty(
      'waiting',
    )
    expect(await observeCluster.run({ ...inputOf('ObserveCluster'), recorded: true }, context())).toMatchObject({
      output: { gone: false },
    })
  })

  it('DeleteCluster removes our labels of adopted objects, and deletes those that a setup has created', async () => {
    const ofCluster = { apiVersion: 'multicloud.cluster.gke.io/v1', kind: 'AWSCluster' }
    const ofPool = { ...ofCluster, kind: 'AWSNodePool' }
    const pool = request.cluster.nodePools?.[0]?.name ?? ''
    for (const [type, object] of [
      [ofCluster, name],
      [ofPool, pool],
    ] as const) {
      const metadata = { namespace: 'default', name: object, annotations: adopted }
      await writeAs(management, 'test', { ...type, metadata })
    }
    const updated = { action: 'updated' }
    expect(await remove(false)).toMatchObject({ changes: [updated, updated] })
    const admin = clientOf(management)
    await admin.delete({ ...ofPool, namespace: 'default', name: pool })
    await admin.delete({ ...ofCluster, namespace: 'default', name })
    await apply()
    await remove()
    await remove()
    expect(await remove()).toMatchObject({ output: { gone: true } })
    expect(refusedCalls(management, onManagement)).toEqual([])
  })
})

it('with the rights of its own description, each step that changes a webhook in use succeeds', async () => {
  const { made, change } = await startChangeRights(fixture)
  const { cluster, setup } = made
  const states = setupStates
  const granted = await grantEach(cluster, setup, { states, isOf: isOfUserCluster })
  cluster.calls.clear()
  const onStep = startCandidateAfterFirstCheck(cluster)
  const { status, cause } = await change((state) => {
    onStep(state)
    return granted.get(state)
  })
  expect({ status, cause }).toEqual({ status: 'SUCCEEDED', cause: undefined })
  expect(refusedCalls(cluster, states)).toEqual([])
  inUse.push(rightsInUse(cluster, setup, { states, isOf: isOfUserCluster }))
})

/** Keeps the pods of the candidate from starting until CheckCandidate has reported them once. Called before each step. */
function startCandidateAfterFirstCheck(cluster: AnyCluster): (state: string) => void {
  if (!(cluster instanceof Cluster)) throw new Error('only the emulated cluster can run out of nodes')
  let checks = 0
  return (state) => {
    if (state === 'CheckCandidate') checks += 1
    if (state === 'DeployCandidate') cluster.isSchedulable = false
    if (checks > 1) cluster.isSchedulable = true
  }
}

it('with the rights of its own description, RenewCredentials renews the tokens on a cluster and on its management cluster', async () => {
  const setup = { ...rightsSetupOf(requestOf(exampleBody('setup'), 'examples/setup.json')), cluster: 'renewed' }
  /** Stores a token that is due for renewal, of an account with only the rights of the step in these places. */
  const storeDueToken = async (cluster: Cluster, account: string, places: readonly Place[]) => {
    const rights = rightsOfStates(renewalStates).filter(({ place }) => places.includes(place))
    await grant(cluster, manifestsFor({ account, label: setup.cluster }, rulesFor(setup, rights)))
    const { kubeconfig } = await accountCredentials(cluster, { account, days: 90, left: 20, isMarked: true })
    return { credentialsSecretArn: await fixture.secrets.keep(`${cluster.name}/token`, kubeconfig) }
  }
  const cluster = await fixture.clusters.emulate(setup.cluster)
  const management = await fixture.clusters.emulate('renewed-management', { management: true })
  const input = {
    target: { name: setup.cluster, ...(await storeDueToken(cluster, clusterAccount, ['default', 'account'])) },
    issuerUrl: cluster.settings.issuer,
    management: await storeDueToken(management, managementAccount(setup.cluster), ['management account']),
  }
  expect(await renewCredentials.run(input, stepContext(setup.cluster))).toMatchObject({
    output: { secrets: [{ outcome: 'renewed' }, { outcome: 'renewed' }] },
  })
})

it('each step has used each of its rights above', () => {
  const used = new Set(inUse.flatMap((each) => each.used))
  const idle = new Set(inUse.flatMap(({ granted }) => granted).filter((title) => !used.has(title)))
  const remedy = 'take these rights out of the descriptions of their steps, or use them in a test above'
  expect([...idle].toSorted(), remedy).toEqual(Object.values(usedElsewhere).flat().toSorted())
})

it('each step on clusters has run above', () => {
  const onClusters = [...steps].filter(([, { description }]) => description.client === 'kubernetes')
  const run = new Set([...onUserCluster, ...onManagement, ...setupStates, ...renewalStates])
  const missing = onClusters.map(([state]) => state).filter((state) => !run.has(state))
  const remedy =
    'run "npm run docs", which lists the steps; then give the descriptions of these the rights that they need'
  expect(missing, remedy).toEqual([])
})
