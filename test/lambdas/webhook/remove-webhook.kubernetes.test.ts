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

const world = webhookClusters()

interface Observation {
  readonly first?: boolean
  readonly dryRun?: boolean
  readonly mayHaveRequests?: boolean
  /** Other namespaces in which setups were asked to put it. */
  readonly more?: readonly string[]
}

function remove(
  webhook: WebhookCluster,
  { first = false, dryRun = false, mayHaveRequests = true, more = [] }: Observation = {},
) {
  const { namespace, target } = webhook
  const request = description.input.parse({ target, namespaces: [...more, namespace], mayHaveRequests, first })
  return run(request, stepContext('prod', 20_000, dryRun))
}

/** As the workflow does it. */
async function removeAll(webhook: WebhookCluster, more: readonly string[] = []): Promise<readonly Change[]> {
  const first = await remove(webhook, { first: true, more })
  const changes = [...(first.changes ?? [])]
  if ('output' in first) return changes
  return until(
    async () => {
      const observe = await remove(webhook, { more })
      changes.push(...(observe.changes ?? []))
      if ('output' in observe) expect(observe.output.remaining).toEqual([])
      return 'output' in observe ? changes : undefined
    },
    'the end of the webhook',
    60_000,
  )
}

/** Everything that a webhook may leave behind, the cluster's own objects and events left out. */
async function leftIn(cluster: AnyCluster, namespace: string): Promise<string[]> {
  const kinds = ['ClusterRole', 'ClusterRoleBinding', 'MutatingWebhookConfiguration', 'CertificateSigningRequest']
  const wide = (await Promise.all(kinds.map((kind) => cluster.objects(kind)))).flat()
  const own = wide.filter(
    ({ metadata, spec }) => metadata.name.includes(name) || at(spec, 'username') === userOf(namespace),
  )
  const spaces = (await cluster.objects('Namespace')).filter(({ metadata }) => metadata.name === namespace)
  return [...own, ...spaces].map(({ kind, metadata }) => `${kind} ${metadata.name}`)
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
    webhook = await world.start({ version })
    await webhook.setUp({ certificate })
    webhook.cluster.calls.clear()
  })

  it('goes: its configuration first, and after that everything that it has made, and its namespace', async () => {
    const { cluster, namespace } = webhook
    const listed = await remove(webhook, { first: true, dryRun: true })
    expect(writesTo(cluster)).toEqual([])

    const first = await remove(webhook, { first: true })
    expect(first).toMatchObject({ waiting: { reason: expect.stringContaining('configuration is deleted') } })
    expect(deletedIn(first.changes ?? [])).toEqual([`MutatingWebhookConfiguration ${name}`])
    expect(await objectIn(cluster, 'Deployment', { name, namespace })).toBeDefined()

    const removed = deletedIn([...(first.changes ?? []), ...(await removeAll(webhook))])
    expect(deletedIn(listed.changes ?? []).toSorted()).toEqual([...new Set(removed)].toSorted())
    await until(async () => (await leftIn(cluster, namespace)).length === 0, 'the end of it all', 60_000)
    cluster.calls.clear()
    expect(await remove(webhook, { first: true })).toEqual({ output: { remaining: [] }, changes: [] })
    expect(writesTo(cluster)).toEqual([])
  })

  it('leaves what only looks like its own', async () => {
    const { cluster, namespace } = webhook
    const alikes = lookAlikes(namespace)
    for (const manifest of alikes) await writeAs(cluster, 'somebody', manifest)
    for (const { metadata } of alikes.filter(({ kind }) => kind === 'ServiceAccount')) {
      await settledAccount(cluster, metadata)
    }
    const ref = ({ kind, metadata }: Manifest) => objectIn(cluster, kind, metadata)
    const before = await Promise.all(alikes.map(ref))

    await removeAll(webhook)
    expect(await Promise.all(alikes.map(ref))).toEqual(before)
    const remaining = await leftIn(cluster, namespace)
    expect(remaining).toContain(`Namespace ${namespace}`)
    for (const kind of ['ClusterRole', 'ClusterRoleBinding', 'MutatingWebhookConfiguration']) {
      expect(remaining).toContain(`${kind} ${name}-2`)
      expect(remaining).not.toContain(`${kind} ${name}`)
    }
  })
})

describe('a webhook that somebody made by hand', () => {
  it('and we adopted stays, with what it needs, without our marks', async () => {
    const [version] = versionsHere('1.33.2', '1.21.14')
    const webhook = await world.start(version === undefined ? {} : { version })
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

describe('a webhook that setups were asked to put into several namespaces', () => {
  const elsewhere = 'first-asked'

  /** What a setup that failed has left there. */
  async function leaveIn({ client, minor }: WebhookCluster): Promise<void> {
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

  it('goes from all of them', async () => {
    const webhook = await world.emulate()
    const { cluster, namespace } = webhook
    await leaveIn(webhook)
    await webhook.setUp({ certificate: 'own-ca' })
    await removeAll(webhook, [elsewhere])
    expect([...(await leftIn(cluster, namespace)), ...(await leftIn(cluster, elsewhere))]).toEqual([])
  })

  it('stays where somebody has made it by hand, with what it needs, and goes from the others', async () => {
    const webhook = await world.emulate()
    const { cluster, namespace } = webhook
    await leaveIn(webhook)
    for (const manifest of documentedManifest(namespace, cluster.caPem)) {
      await writeAs(cluster, 'kubectl', servedEverywhere(manifest))
    }
    await webhook.setUp({ certificate: 'own-ca', adopt: true })
    await removeAll(webhook, [elsewhere])
    expect(await leftIn(cluster, elsewhere)).not.toContain(`Namespace ${elsewhere}`)
    expect(await leftIn(cluster, namespace)).toEqual(
      expect.arrayContaining([`ClusterRole ${name}`, `MutatingWebhookConfiguration ${name}`, `Namespace ${namespace}`]),
    )
    expect(await objectIn(cluster, 'Deployment', { name, namespace })).toBeDefined()
  })
})

describe('a cluster that lets the account of the setups do less', () => {
  it('keeps its webhook when its configuration may not be deleted', async () => {
    const webhook = await world.emulate()
    await webhook.setUp({ certificate: 'own-ca' })
    const { cluster, namespace } = webhook
    cluster.faults.add({ kind: 'refuse', operation: 'DELETE *mutatingwebhookconfigurations/*', times: 1 })

    expect(await remove(webhook)).toMatchObject({
      output: { remaining: [{ name: 'AccessDenied', object: `MutatingWebhookConfiguration ${name}` }] },
    })
    expect(await objectIn(cluster, 'Deployment', { name, namespace })).toBeDefined()
    expect(deletedIn(await removeAll(webhook))).toContain(`Deployment ${namespace}/${name}`)
  })

  it('loses what may be deleted, and names what may not', async () => {
    const webhook = await world.emulate()
    await webhook.setUp({ certificate: 'own-ca' })
    const { cluster, namespace } = webhook
    cluster.faults.add({ kind: 'refuse', operation: 'DELETE */services/*', times: 1 })

    const { output } = await removeTo(webhook)
    expect(output.remaining).toMatchObject([{ name: 'AccessDenied', object: `Service ${namespace}/${name}` }])
    expect(await objectIn(cluster, 'Deployment', { name, namespace })).toBeUndefined()
    expect(await objectIn(cluster, 'Namespace', { name: namespace })).toBeDefined()
    await removeAll(webhook)
    expect(await leftIn(cluster, namespace)).toEqual([])
  })

  it('keeps the namespace when nobody may see whether it is empty', async () => {
    const webhook = await world.emulate()
    await webhook.setUp({ certificate: 'own-ca' })
    const { cluster, namespace } = webhook
    cluster.faults.add({ kind: 'refuse', operation: `GET /api/v1/namespaces/${namespace}/configmaps*`, times: 1 })

    const { changes } = await removeTo(webhook)
    expect(changes?.at(-1)).toMatchObject({
      object: `Namespace ${namespace}`,
      action: 'unchanged',
      detail: expect.stringContaining('cannot be seen'),
    })
  })
})

/** The documented configuration is of a version that ended with 1.22. */
function servedEverywhere(manifest: Manifest): Manifest {
  if (!Array.isArray(manifest.webhooks)) return manifest
  const more = { sideEffects: 'None', admissionReviewVersions: ['v1beta1'] }
  const webhooks = manifest.webhooks.map((webhook) => ({ ...webhook, ...more }))
  return { ...manifest, apiVersion: 'admissionregistration.k8s.io/v1', webhooks }
}

/** After the configuration, until it says what is left. */
async function removeTo(webhook: WebhookCluster) {
  await remove(webhook, { first: true })
  const result = await remove(webhook)
  if ('output' in result) return result
  throw new Error(`it waits: ${result.waiting.reason}`)
}

/** Of each kind one of somebody else, of a name or in a place that is nearly the webhook's. */
function lookAlikes(namespace: string): readonly Manifest[] {
  const alike = `${name}-2`
  const inNamespace = { name: alike, namespace }
  return [
    { apiVersion: rbac, kind: 'ClusterRole', metadata: { name: alike }, rules: [] },
    {
      apiVersion: rbac,
      kind: 'ClusterRoleBinding',
      metadata: { name: alike },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: alike },
    },
    { apiVersion: rbac, kind: 'Role', metadata: inNamespace, rules: [] },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: inNamespace },
    { apiVersion: 'v1', kind: 'Secret', metadata: inNamespace, stringData: { 'tls.crt': 'theirs' } },
    { apiVersion: 'v1', kind: 'Service', metadata: inNamespace, spec: { ports: [{ port: 443 }] } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'default' } },
    { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: alike } },
  ]
}
