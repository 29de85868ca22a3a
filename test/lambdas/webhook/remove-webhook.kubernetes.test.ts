import { beforeEach, describe, expect, it } from 'vitest'
import type { Manifest } from '../../../lambdas/clouds/kubernetes/object.ts'
import { apply } from '../../../lambdas/objects/apply.ts'
import type { Change } from '../../../lambdas/report/change.ts'
import {
  deploymentManifest,
  namespaceManifest,
  serviceAccountManifest,
  serviceManifest,
} from '../../../lambdas/webhook/desired/manifest.ts'
import { description } from '../../../lambdas/webhook/remove-webhook.step.ts'
import { run } from '../../../lambdas/webhook/remove-webhook.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { at } from '../../../sandbox/kubernetes/objects/objects.ts'
import { settledAccount } from '../../support/kubernetes/account-tokens.ts'
import { until } from '../../support/kubernetes/api-requests.ts'
import { objectIn, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { versionsHere } from '../../support/kubernetes/kubernetes-peer.ts'
import { stepContext } from '../../support/steps/step-context.ts'
import { documentedManifest } from '../../support/webhook/documented-webhook.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import type { WebhookCluster } from '../../support/webhook/webhook-setup.ts'

const name = 'pod-identity-webhook'
const rbac = 'rbac.authorization.k8s.io/v1'

const clusters = webhookClusters()

interface Observation {
  readonly first?: boolean
  readonly dryRun?: boolean
  /** Namespaces of earlier setups. */
  readonly earlier?: readonly string[]
}

function remove(webhook: WebhookCluster, { first = false, dryRun = false, earlier = [] }: Observation = {}) {
  const { namespace, target } = webhook
  const request = description.input.parse({ target, namespaces: [...earlier, namespace], mayHaveRequests: true, first })
  return run(request, stepContext('prod', 20_000, dryRun))
}

/** Repeats the step until it is done, as the workflow does. */
async function removeAll(webhook: WebhookCluster, earlier: readonly string[] = []): Promise<readonly Change[]> {
  const first = await remove(webhook, { first: true, earlier })
  const changes = [...(first.changes ?? [])]
  if ('output' in first) return changes
  return until(
    async () => {
      const result = await remove(webhook, { earlier })
      changes.push(...(result.changes ?? []))
      if ('output' in result) expect(result.output.remaining).toEqual([])
      return 'output' in result ? changes : undefined
    },
    'the removal of the webhook',
    60_000,
  )
}

/** The objects of the webhook that still exist, cluster-scoped or its namespace. */
async function remainingIn(cluster: AnyCluster, namespace: string): Promise<string[]> {
  const kinds = ['ClusterRole', 'ClusterRoleBinding', 'MutatingWebhookConfiguration', 'CertificateSigningRequest']
  const clusterScoped = (await Promise.all(kinds.map((kind) => cluster.objects(kind)))).flat()
  const own = clusterScoped.filter(
    ({ metadata, spec }) => metadata.name.includes(name) || at(spec, 'username') === userOf(namespace),
  )
  const namespaces = (await cluster.objects('Namespace')).filter(({ metadata }) => metadata.name === namespace)
  return [...own, ...namespaces].map(({ kind, metadata }) => `${kind} ${metadata.name}`)
}

const userOf = (namespace: string) => `system:serviceaccount:${namespace}:${name}`
const deletedIn = (changes: readonly Change[]) =>
  changes.filter(({ action }) => action === 'deleted').map(({ object }) => object)

describe.each([
  ...versionsHere('1.33.2').map((version) => ({ version, certificate: 'own-ca' as const })),
  ...versionsHere('1.21.14').map((version) => ({ version, certificate: 'csr' as const })),
])('a webhook on $version with its certificate by $certificate', ({ version, certificate }) => {
  let webhook: WebhookCluster

  beforeEach(async () => {
    webhook = await clusters.start({ version })
    await webhook.setUp({ certificate })
    webhook.cluster.calls.clear()
  })

  it('is deleted: first its configuration, then its other objects and its namespace', async () => {
    const { cluster, namespace } = webhook
    const listed = await remove(webhook, { first: true, dryRun: true })
    expect(writesTo(cluster)).toEqual([])

    const first = await remove(webhook, { first: true })
    expect(first).toMatchObject({ waiting: { reason: expect.stringContaining('configuration is deleted') } })
    expect(deletedIn(first.changes ?? [])).toEqual([`MutatingWebhookConfiguration ${name}`])
    expect(await objectIn(cluster, 'Deployment', { name, namespace })).toBeDefined()

    const removed = deletedIn([...(first.changes ?? []), ...(await removeAll(webhook))])
    expect(deletedIn(listed.changes ?? []).toSorted()).toEqual([...new Set(removed)].toSorted())
    await until(async () => (await remainingIn(cluster, namespace)).length === 0, 'the deletion of all objects', 60_000)
    cluster.calls.clear()
    expect(await remove(webhook, { first: true })).toEqual({ output: { remaining: [] }, changes: [] })
    expect(writesTo(cluster)).toEqual([])
  })

  it('does not change objects with similar names', async () => {
    const { cluster, namespace } = webhook
    const others = lookAlikes(namespace)
    for (const manifest of others) await writeAs(cluster, 'somebody', manifest)
    for (const { metadata } of others.filter(({ kind }) => kind === 'ServiceAccount')) {
      await settledAccount(cluster, metadata)
    }
    const ref = ({ kind, metadata }: Manifest) => objectIn(cluster, kind, metadata)
    const before = await Promise.all(others.map(ref))

    await removeAll(webhook)
    expect(await Promise.all(others.map(ref))).toEqual(before)
    const remaining = await remainingIn(cluster, namespace)
    expect(remaining).toContain(`Namespace ${namespace}`)
    for (const kind of ['ClusterRole', 'ClusterRoleBinding', 'MutatingWebhookConfiguration']) {
      expect(remaining).toContain(`${kind} ${name}-2`)
      expect(remaining).not.toContain(`${kind} ${name}`)
    }
  })
})

describe('an adopted webhook', () => {
  it('is kept with each object that it needs, and loses our labels and annotations', async () => {
    const [version] = versionsHere('1.33.2', '1.21.14')
    const webhook = await clusters.start(version === undefined ? {} : { version })
    const { cluster, namespace } = webhook
    for (const manifest of documentedManifest(namespace, cluster.caPem)) {
      await writeAs(cluster, 'kubectl', servedEverywhere(manifest))
    }
    await webhook.setUp({ certificate: 'own-ca', adopt: true })

    expect(await remove(webhook, { first: true })).toMatchObject({ output: { remaining: [] } })
    for (const [kind, of] of [
      ['MutatingWebhookConfiguration', undefined],
      ['Deployment', namespace],
      ['ClusterRole', undefined],
      ['ServiceAccount', namespace],
    ] as const) {
      const observed = await objectIn(cluster, kind, { name, ...(of && { namespace: of }) })
      expect(observed?.metadata.labels ?? {}).not.toHaveProperty(['app.kubernetes.io/managed-by'])
      expect(observed?.metadata.annotations ?? {}).not.toHaveProperty(['workload-identity/adopted'])
    }
    const secret = await objectIn(cluster, 'Secret', { name: `${name}-tls`, namespace })
    expect(secret?.metadata.labels ?? {}).not.toHaveProperty(['app.kubernetes.io/managed-by'])
    cluster.calls.clear()
    expect(await remove(webhook, { first: true })).toEqual({ output: { remaining: [] }, changes: [] })
    expect(writesTo(cluster)).toEqual([])
  })
})

describe('webhooks of setups into several namespaces', () => {
  const elsewhere = 'first-asked'

  /** Creates the objects of a setup that has failed. */
  async function failToSetUp({ client, minor }: WebhookCluster): Promise<void> {
    const deployment = { mode: 'own-ca', image: 'webhook:v0.6.17', replicas: 2, region: 'eu-west-1' } as const
    for (const manifest of [
      namespaceManifest(elsewhere),
      serviceAccountManifest(elsewhere),
      serviceManifest(elsewhere),
      deploymentManifest({ namespace: elsewhere, kubernetesMinor: minor, ...deployment }),
    ]) {
      await apply(client, manifest, { adopt: false })
    }
  }

  it('are deleted in each namespace', async () => {
    const webhook = await clusters.emulate()
    const { cluster, namespace } = webhook
    await failToSetUp(webhook)
    await webhook.setUp({ certificate: 'own-ca' })
    await removeAll(webhook, [elsewhere])
    expect([...(await remainingIn(cluster, namespace)), ...(await remainingIn(cluster, elsewhere))]).toEqual([])
  })

  it('are kept in the namespace of an adopted webhook, with each object that it needs, and deleted in the others', async () => {
    const webhook = await clusters.emulate()
    const { cluster, namespace } = webhook
    await failToSetUp(webhook)
    for (const manifest of documentedManifest(namespace, cluster.caPem)) {
      await writeAs(cluster, 'kubectl', servedEverywhere(manifest))
    }
    await webhook.setUp({ certificate: 'own-ca', adopt: true })
    await removeAll(webhook, [elsewhere])
    expect(await remainingIn(cluster, elsewhere)).not.toContain(`Namespace ${elsewhere}`)
    expect(await remainingIn(cluster, namespace)).toEqual(
      expect.arrayContaining([`ClusterRole ${name}`, `MutatingWebhookConfiguration ${name}`, `Namespace ${namespace}`]),
    )
    expect(await objectIn(cluster, 'Deployment', { name, namespace })).toBeDefined()
  })
})

describe('with missing rights, a teardown', () => {
  it('deletes nothing else when it may not delete the configuration', async () => {
    const webhook = await clusters.emulate()
    await webhook.setUp({ certificate: 'own-ca' })
    const { cluster, namespace } = webhook
    cluster.faults.add({ kind: 'refuse', operation: 'DELETE *mutatingwebhookconfigurations/*', times: 1 })

    expect(await remove(webhook)).toMatchObject({
      output: { remaining: [{ name: 'AccessDenied', object: `MutatingWebhookConfiguration ${name}` }] },
    })
    expect(await objectIn(cluster, 'Deployment', { name, namespace })).toBeDefined()
    expect(deletedIn(await removeAll(webhook))).toContain(`Deployment ${namespace}/${name}`)
  })

  it('deletes what it may, and names the other objects', async () => {
    const webhook = await clusters.emulate()
    await webhook.setUp({ certificate: 'own-ca' })
    const { cluster, namespace } = webhook
    cluster.faults.add({ kind: 'refuse', operation: 'DELETE */services/*', times: 1 })

    const { output } = await removeTwice(webhook)
    expect(output.remaining).toMatchObject([{ name: 'AccessDenied', object: `Service ${namespace}/${name}` }])
    expect(await objectIn(cluster, 'Deployment', { name, namespace })).toBeUndefined()
    expect(await objectIn(cluster, 'Namespace', { name: namespace })).toBeDefined()
    await removeAll(webhook)
    expect(await remainingIn(cluster, namespace)).toEqual([])
  })

  it('keeps the namespace when it may not read whether it is empty', async () => {
    const webhook = await clusters.emulate()
    await webhook.setUp({ certificate: 'own-ca' })
    const { cluster, namespace } = webhook
    cluster.faults.add({ kind: 'refuse', operation: `GET /api/v1/namespaces/${namespace}/configmaps*`, times: 1 })

    const { changes } = await removeTwice(webhook)
    expect(changes?.at(-1)).toMatchObject({
      object: `Namespace ${namespace}`,
      action: 'unchanged',
      detail: expect.stringContaining('cannot be seen'),
    })
  })
})

/** Converts the documented configuration from a version that Kubernetes 1.22 has removed. */
function servedEverywhere(manifest: Manifest): Manifest {
  if (!Array.isArray(manifest.webhooks)) return manifest
  const more = { sideEffects: 'None', admissionReviewVersions: ['v1beta1'] }
  const webhooks = manifest.webhooks.map((webhook) => ({ ...webhook, ...more }))
  return { ...manifest, apiVersion: 'admissionregistration.k8s.io/v1', webhooks }
}

/** Runs the first and the second step. */
async function removeTwice(webhook: WebhookCluster) {
  await remove(webhook, { first: true })
  const result = await remove(webhook)
  if ('output' in result) return result
  throw new Error(`it waits: ${result.waiting.reason}`)
}

/** Objects of another owner, whose name or namespace is similar to that of the webhook's objects. */
function lookAlikes(namespace: string): readonly Manifest[] {
  const similarName = `${name}-2`
  const inNamespace = { name: similarName, namespace }
  return [
    { apiVersion: rbac, kind: 'ClusterRole', metadata: { name: similarName }, rules: [] },
    {
      apiVersion: rbac,
      kind: 'ClusterRoleBinding',
      metadata: { name: similarName },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: similarName },
    },
    { apiVersion: rbac, kind: 'Role', metadata: inNamespace, rules: [] },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: inNamespace },
    { apiVersion: 'v1', kind: 'Secret', metadata: inNamespace, stringData: { 'tls.crt': 'theirs' } },
    { apiVersion: 'v1', kind: 'Service', metadata: inNamespace, spec: { ports: [{ port: 443 }] } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'default' } },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: similarName },
    },
  ]
}
