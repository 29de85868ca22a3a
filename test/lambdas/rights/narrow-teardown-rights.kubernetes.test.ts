/** The same for teardowns as narrow-rights.kubernetes.test.ts for setups. */

import { beforeAll, describe, expect, it } from 'vitest'
import type { Manifest } from '../../../lambdas/clouds/kubernetes/object.ts'
import { description as applyClusterDescription } from '../../../lambdas/cluster/apply-cluster.step.ts'
import * as applyCluster from '../../../lambdas/cluster/apply-cluster.ts'
import * as deleteCluster from '../../../lambdas/cluster/delete-cluster.ts'
import * as observeCluster from '../../../lambdas/cluster/observe-cluster.ts'
import { apply } from '../../../lambdas/objects/apply.ts'
import { managementManifests, userClusterManifests } from '../../../lambdas/rights/manifests.ts'
import { teardownStates } from '../../../lambdas/rights/rights.ts'
import type { Rule } from '../../../lambdas/rights/rules.ts'
import { rightsSetupOf } from '../../../lambdas/rights/setup.ts'
import * as bindKsa from '../../../lambdas/service-account/bind-ksa.ts'
import * as unbindKsa from '../../../lambdas/service-account/unbind-ksa.ts'
import type { StepResult } from '../../../lambdas/steps/contract.ts'
import type { Mode } from '../../../lambdas/steps/kubernetes-right.ts'
import { candidateStages } from '../../../lambdas/webhook/candidate/candidate.ts'
import { makeCertificate } from '../../../lambdas/webhook/certificate/make.ts'
import { canaryAccount } from '../../../lambdas/webhook/desired/canary.ts'
import { canaryConfiguration } from '../../../lambdas/webhook/desired/configuration.ts'
import {
  certificateSecretManifest,
  roleBindingManifest,
  roleManifest,
} from '../../../lambdas/webhook/desired/manifest.ts'
import { signedSecretName } from '../../../lambdas/webhook/desired/names.ts'
import * as removeWebhook from '../../../lambdas/webhook/remove-webhook.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { exampleBody } from '../../support/api/requests.ts'
import { objectIn } from '../../support/kubernetes/clusters.ts'
import { peer, versionsHere } from '../../support/kubernetes/kubernetes-peer.ts'
import { requestOf } from '../../support/kubernetes/request-of.ts'
import {
  beyond,
  eachRight,
  type Granted,
  grant,
  type OneRight,
  oneByOne,
  qualified,
} from '../../support/kubernetes/rights.ts'
import { foundStatus, stepContext } from '../../support/steps/step-context.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import { type WebhookCluster, webhookNamespace } from '../../support/webhook/webhook-setup.ts'

const issuerUrl = 'https://prod.issuer.example'
const name = 'prod-eu'

const fixture = webhookClusters()

/** Enough for the sandbox's API server, which `npm test` uses. */
const quick = [
  'delete serviceaccounts in default',
  'delete deployments.apps pod-identity-webhook in workload-identity-webhook',
  'delete awsclusters.multicloud.cluster.gke.io prod-eu in default',
]

/**
 * The rights that a teardown needs. Real API servers are tested with each. Without patch: a teardown only patches adopted
 * objects, and this file adopts none.
 */
function needed(rights: readonly OneRight[]): readonly OneRight[] {
  const isTeardown = ({ rule, verb }: OneRight) => teardownStates.some((state) => isFor(rule, state, verb))
  const all = rights.filter((right) => isTeardown(right) && right.verb !== 'patch')
  return peer ? all : all.filter(({ title }) => quick.includes(title))
}

function isFor({ reasons }: Rule, step: string, verb: string): boolean {
  return reasons.some(
    ({ steps, verbs, alsoOfWebhook }) =>
      !alsoOfWebhook && steps.some(({ state, optional }) => state === step && !optional) && verbs.includes(verb),
  )
}

/** The step of a teardown that needs the right. */
function stepOf({ rule, verb }: OneRight) {
  const state = teardownStates.find((step) => isFor(rule, step, verb))
  if (!state) throw new Error('no teardown needs it')
  return state
}

/** The error of the step, or the errors of its remaining objects. */
async function refusalsOf(running: Promise<StepResult<object>>): Promise<readonly unknown[]> {
  try {
    const result = await running
    return 'output' in result && 'remaining' in result.output && Array.isArray(result.output.remaining)
      ? result.output.remaining
      : []
  } catch (error) {
    return [error]
  }
}

function refusal({ rule, resource, verb }: OneRight) {
  const reason = expect.stringContaining(`may not ${verb} ${qualified(rule, resource)} `)
  return expect.objectContaining({ name: 'AccessDenied', reason })
}

const kinds: readonly { readonly version: string; readonly mode: Mode & ('own-ca' | 'csr') }[] = [
  ...versionsHere('1.33.2').map((version) => ({ version, mode: 'own-ca' as const })),
  ...versionsHere('1.21.14').map((version) => ({ version, mode: 'csr' as const })),
]

describe.each(kinds)('on $version, of a webhook with its certificate by $mode', ({ version, mode }) => {
  const minor = Number(version.split('.')[1])
  const webhook = { mode: 'install', certificate: mode }
  const workload = { namespace: 'default', serviceAccount: 'reader' }
  const request = requestOf(
    exampleBody('existing-cluster', { webhook, workloads: [{ ...workload, role: { policyArns: [] } }] }),
    'the request',
  )
  const rightsFor = (namespace: string, certificate: 'own-ca' | 'csr' = mode) =>
    userClusterManifests(
      rightsSetupOf({ ...request, webhook: { ...request.webhook, namespace, certificate } }, minor),
      'setups and teardowns',
    )
  const rights = oneByOne(rightsFor(webhookNamespace))
  // As in narrow-rights.kubernetes.test.ts: the older real server is tested with what teardowns on the newer one do not need.
  const tried = peer && mode === 'csr' ? beyond(rights, oneByOne(rightsFor(webhookNamespace, 'own-ca'))) : rights
  let webhookCluster: WebhookCluster
  let given: Granted
  let target: { name: string; credentialsSecretArn: string }

  beforeAll(async () => {
    webhookCluster = await fixture.start({ version, issuer: issuerUrl })
    given = await grant(webhookCluster.cluster, rightsFor(webhookCluster.namespace))
    target = {
      name: webhookCluster.target.name,
      credentialsSecretArn: await storeSecret(`${name}/${mode}`, given.kubeconfig),
    }
    await webhookCluster.setUp({ certificate: mode, adopt: true })
    await bind()
    await createLeftOvers(webhookCluster)
  })

  function bind() {
    const role = { name: 'reader', policyArns: [], maxSessionSeconds: 3600 }
    const input = {
      target: webhookCluster.target,
      webhook: request.webhook,
      roleArn: 'arn:aws:iam::000000000000:role/reader',
    }
    return bindKsa.run(
      { ...input, workload: { ...workload, role }, adopt: false },
      stepContext(name, undefined, false, foundStatus({ kubernetesMinor: minor })),
    )
  }

  const context = (dryRun = false) => stepContext(name, 20_000, dryRun, foundStatus({ issuerUrl }))
  const unbind = (dryRun: boolean) => {
    const accounts = [workload.serviceAccount]
    return unbindKsa.run({ target, workload, accounts }, context(dryRun))
  }
  const remove = (dryRun: boolean) => {
    const mayHaveRequests = mode === 'csr'
    return removeWebhook.run(
      { target, namespaces: [webhookCluster.namespace], mayHaveRequests, first: false },
      context(dryRun),
    )
  }

  // The server also checks the rights of a dry run.
  eachRight(needed(tried), 'of a teardown is refused without', async (right) => {
    await given.without(right.title.replaceAll(webhookNamespace, webhookCluster.namespace))
    const run = stepOf(right) === 'UnbindKsa' ? unbind : remove
    expect(await refusalsOf(run(true))).toContainEqual(refusal(right))
  })

  it('the rights are enough for a teardown', async () => {
    await given.all()
    for (const run of [unbind, remove]) expect(await run(false)).not.toMatchObject({ output: { remaining: [{}] } })
    const deployment = { name: 'pod-identity-webhook', namespace: webhookCluster.namespace }
    expect(await objectIn(webhookCluster.cluster, 'Deployment', deployment)).toBeUndefined()
  })
})

describe('on a management cluster', () => {
  const request = requestOf(exampleBody('setup'), 'examples/setup.json')
  const rights = managementManifests(rightsSetupOf(request), 'setups and teardowns')
  let management: AnyCluster
  let given: Granted
  let credentials: { credentialsSecretArn: string; namespace: string }

  beforeAll(async () => {
    management = await fixture.clusters.start('management', { management: true })
    given = await grant(management, rights)
    credentials = {
      credentialsSecretArn: await storeSecret(`${name}/management-narrow`, given.kubeconfig),
      namespace: 'default',
    }
    await apply()
  })

  function apply() {
    const { spec, nodePools = [] } = request.cluster
    const input = { clusterName: name, management: credentials, spec, nodePools, adopt: false }
    return applyCluster.run(applyClusterDescription.input.parse(input), stepContext(name))
  }

  const inputOf = () => ({ clusterName: name, management: credentials, recorded: true })
  const remove = (dryRun = false) =>
    deleteCluster.run({ ...inputOf(), deleteCluster: true }, stepContext(name, 20_000, dryRun))

  eachRight(needed(oneByOne(rights)), 'of a teardown is refused without', async (right) => {
    await given.without(right.title)
    const observed = observeCluster.run(inputOf(), stepContext(name))
    expect(await refusalsOf(stepOf(right) === 'ObserveCluster' ? observed : remove(true))).toContainEqual(
      refusal(right),
    )
    await observed.catch(() => undefined)
  })

  it('the rights are enough for a teardown', async () => {
    await given.all()
    await apply()
    await remove()
    await remove()
    expect(await remove()).toMatchObject({ output: { gone: true } })
  })
})

/** Creates each kind of object that an interrupted setup can leave. */
async function createLeftOvers({ client, namespace, minor }: WebhookCluster): Promise<void> {
  const applyOurs = (manifest: Manifest) => apply(client, manifest, { adopt: false })
  const certificate = await makeCertificate(namespace, new Date())
  const candidate = { mode: 'own-ca', namespace, image: 'webhook:v0.6.17', replicas: 2 } as const
  const stages = await candidateStages(client, candidate, { region: 'eu-west-1', kubernetesMinor: minor })
  for (const manifest of stages.flat()) await applyOurs(manifest)
  await applyOurs(roleManifest(namespace, 'own-ca'))
  await applyOurs(roleBindingManifest(namespace))
  await applyOurs(certificateSecretManifest(namespace, certificate))
  await applyOurs(canaryAccount(namespace))
  await applyOurs(canaryConfiguration({ namespace, authorities: certificate.authority }))
  const requested = { apiVersion: 'v1', kind: 'Secret', namespace, name: signedSecretName } as const
  if (await client.get(requested)) return
  const { apiVersion, kind, name } = requested
  const data = { 'tls.crt': Buffer.from(certificate.certificate).toString('base64') }
  await client.create({ apiVersion, kind, metadata: { name, namespace }, data })
}

function storeSecret(secret: string, value: string): Promise<string> {
  return new SecretKeeper(fixture.aws.endpoint).keep(secret, value)
}
