import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ClusterClient } from '../../../lambdas/clouds/kubernetes/cluster-client.ts'
import type { Manifest } from '../../../lambdas/clouds/kubernetes/object.ts'
import { OwnershipConflict } from '../../../lambdas/errors/step-errors.ts'
import { type ApplyOptions, apply } from '../../../lambdas/objects/apply.ts'
import { compare } from '../../../lambdas/objects/compare.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { send } from '../../support/kubernetes/api-requests.ts'
import { clientOf, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'
import { deployment as deploymentName } from '../../support/steps/deployment.ts'

const clusters = reachableClusters()
let cluster: AnyCluster
let client: ClusterClient
let count = 0
let name = ''

beforeAll(async () => {
  cluster = await clusters.start('prod-eu')
  client = clientOf(cluster)
})
beforeEach(() => {
  count += 1
  name = `reader-${count}`
})

const account = (annotations: Record<string, string> = { role: 'a' }): Manifest => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace: 'default', annotations },
})
const deployment = (image = 'busybox:1.36'): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image }] } },
  },
})

const applyOurs = (manifest: Manifest) => apply(client, manifest, { adopt: false })

/** Compares, and expects no write. */
async function compareOnly(manifest: Manifest, options: ApplyOptions = { adopt: false }) {
  cluster.calls.clear()
  const change = await compare(client, manifest, options)
  expect(writesTo(cluster)).toEqual([])
  return change
}

/** As `kubectl patch` does. */
async function patchAs(fieldManager: string, path: string, body: object): Promise<void> {
  const query = `fieldManager=${fieldManager}`
  const headers = { 'content-type': 'application/strategic-merge-patch+json' }
  const { code } = await send(cluster, `PATCH ${path}?${query}`, { body, headers })
  expect(code).toBe(200)
}

const accountPath = () => `/api/v1/namespaces/default/serviceaccounts/${name}`
const deploymentPath = () => `/apis/apps/v1/namespaces/default/deployments/${name}`
const timeOfServer = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/)

describe('our object', () => {
  it('in the desired state is unchanged, without further fields', async () => {
    await applyOurs(deployment())
    expect(await compareOnly(deployment())).toEqual({ object: `Deployment default/${name}`, action: 'unchanged' })
  })

  it('that does not exist would be created, and the change has its manifest', async () => {
    const compared = await compareOnly(account())
    expect(compared).toMatchObject({ object: `ServiceAccount default/${name}`, action: 'created' })
    await applyOurs(account())
    const { body } = await send(cluster, `GET ${accountPath()}`)
    const { labels, annotations } = Object(body).metadata
    expect(compared.made).toMatchObject({ kind: 'ServiceAccount', metadata: { name, labels, annotations } })
  })

  it('that is a missing Secret would be created, and the change has no manifest', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'default' },
      stringData: { a: 'b' },
    }
    expect(await compareOnly(secret)).toEqual({ object: `Secret default/${name}`, action: 'created' })
  })

  it('has a difference for each field, with its manager and the time of its last write', async () => {
    await applyOurs(deployment())
    expect(await compareOnly(deployment('busybox:1.37'))).toEqual({
      object: `Deployment default/${name}`,
      action: 'updated',
      differences: [
        {
          field: 'spec.template.spec.containers[main].image',
          desired: 'busybox:1.37',
          observed: 'busybox:1.36',
          manager: 'workload-identity',
          changedAt: timeOfServer,
        },
      ],
    })
  })

  it('that has lost a field would get it back', async () => {
    await applyOurs(account({ role: 'a', extra: 'b' }))
    await patchAs('kubectl-annotate', accountPath(), { metadata: { annotations: { extra: null } } })
    expect(await compareOnly(account({ role: 'a', extra: 'b' }))).toEqual({
      object: `ServiceAccount default/${name}`,
      action: 'updated',
      differences: [{ field: 'metadata.annotations.extra', desired: 'b' }],
    })
  })

  it('with a field of another manager has that manager, and the conflict of an apply', async () => {
    await applyOurs(deployment())
    await patchAs('kubectl-scale', deploymentPath(), { spec: { replicas: 3 } })
    expect(await compareOnly(deployment())).toEqual({
      object: `Deployment default/${name}`,
      action: 'updated',
      differences: [
        { field: 'spec.replicas', desired: 0, observed: 3, manager: 'kubectl-scale', changedAt: timeOfServer },
      ],
      refused: {
        name: 'FieldConflict',
        object: `Deployment default/${name}`,
        reason: 'another field manager owns the fields that would be set: .spec.replicas (kubectl-scale)',
        action: expect.stringContaining('adopt: true'),
      },
    })
    await expect(applyOurs(deployment())).rejects.toMatchObject({ name: 'FieldConflict' })
  })

  it('that has lost our label has the label as a difference, and the refusal', async () => {
    await applyOurs(account())
    await patchAs('kubectl-label', accountPath(), { metadata: { labels: { 'app.kubernetes.io/managed-by': null } } })
    expect(await compareOnly(account())).toMatchObject({
      action: 'updated',
      differences: [{ field: 'metadata.labels.app.kubernetes.io/managed-by', desired: 'workload-identity' }],
      refused: { name: 'OwnershipConflict', object: `ServiceAccount default/${name}` },
    })
  })

  it('that was adopted is compared with the annotation of an adoption', async () => {
    await writeAs(cluster, 'kubectl-client-side-apply', account({ role: 'theirs' }))
    expect(await compareOnly(account(), { adopt: true })).toMatchObject({
      action: 'adopted',
      differences: [
        { field: 'metadata.annotations.role', desired: 'a', observed: 'theirs', manager: 'kubectl-client-side-apply' },
        { field: 'metadata.annotations.workload-identity/adopted', desired: 'true' },
        { field: 'metadata.annotations.workload-identity/cluster', desired: cluster.name },
        { field: 'metadata.annotations.workload-identity/deployment', desired: deploymentName },
        { field: 'metadata.labels.app.kubernetes.io/managed-by', desired: 'workload-identity' },
      ],
    })
    await apply(client, account(), { adopt: true })
    expect(await compareOnly(account())).toMatchObject({ action: 'unchanged' })
    await patchAs('kubectl-annotate', accountPath(), { metadata: { annotations: { role: 'b' } } })
    expect(await compareOnly(account())).toMatchObject({
      differences: [{ field: 'metadata.annotations.role', desired: 'a', observed: 'b', manager: 'kubectl-annotate' }],
      refused: { name: 'FieldConflict' },
    })
  })

  it('with a different immutable field has only the refusal', async () => {
    await applyOurs(deployment())
    const selector = { matchLabels: { app: name, tier: 'web' } }
    const other = { ...deployment(), spec: { selector, template: { metadata: { labels: selector.matchLabels } } } }
    expect(await compareOnly(other)).toEqual({
      object: `Deployment default/${name}`,
      action: 'updated',
      refused: expect.objectContaining({ name: 'InvalidObject' }),
    })
  })

  it('that is being deleted has the refusal', async () => {
    await applyOurs(account())
    await patchAs('kubectl', accountPath(), { metadata: { finalizers: ['example.com/x'] } })
    await send(cluster, `DELETE ${accountPath()}`)
    expect(await compareOnly(account())).toMatchObject({
      action: 'updated',
      refused: { name: 'ConcurrentChange', reason: 'it is being deleted' },
    })
  })

  it('that the check refuses has the refusal', async () => {
    await applyOurs(account())
    const explanation = { object: name, reason: 'it is of another cluster', action: 'Choose another name' }
    const check = () => {
      throw new OwnershipConflict(explanation)
    }
    expect(await compareOnly(account({ role: 'b' }), { adopt: false, check })).toMatchObject({
      action: 'updated',
      differences: [{ field: 'metadata.annotations.role' }],
      refused: { name: 'OwnershipConflict', ...explanation },
    })
  })
})

it('an object in a missing namespace has the refusal', async () => {
  const manifest = { ...account(), metadata: { name, namespace: 'nowhere' } }
  expect(await compareOnly(manifest)).toMatchObject({ action: 'created', refused: { name: 'InvalidObject' } })
})

describe('a Secret', () => {
  it('has differences without values, also of annotations, in which kubectl stores the contents', async () => {
    const secret = (value: string, annotation: string): Manifest => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'default', annotations: { 'example.com/copy': annotation } },
      data: { key: Buffer.from(value).toString('base64') },
    })
    await applyOurs(secret('sesame', 'sesame'))
    const body = { data: { key: Buffer.from('open').toString('base64') } }
    await patchAs('kubectl-edit', `/api/v1/namespaces/default/secrets/${name}`, body)
    const change = await compareOnly(secret('sesame', 'sesame too'))
    expect(change.differences).toMatchObject([
      { field: 'data.key', manager: 'kubectl-edit' },
      { field: 'metadata.annotations.example.com/copy', manager: 'workload-identity' },
    ])
    expect(change.differences?.flatMap((difference) => Object.keys(difference))).not.toContain('observed')
    expect(change.differences?.flatMap((difference) => Object.keys(difference))).not.toContain('desired')
  })
})

describe('an addition of another manager', () => {
  it('to the pods of a Deployment is reported without the values of variables', async () => {
    await applyOurs(deployment())
    const added = {
      containers: [
        { name: 'main', env: [{ name: 'TOKEN', value: 'sesame' }] },
        { name: 'side', image: 'side:1', env: [{ name: 'TOKEN', value: 'sesame' }] },
      ],
      initContainers: [{ name: 'first', image: 'first:1' }],
      volumes: [{ name: 'scratch', emptyDir: {} }],
    }
    await patchAs('kubectl-edit', deploymentPath(), { spec: { template: { spec: added } } })
    const change = await compareOnly(deployment())
    const by = { manager: 'kubectl-edit', changedAt: timeOfServer }
    const spec = 'spec.template.spec'
    expect(change).toEqual({
      object: `Deployment default/${name}`,
      action: 'unchanged',
      additions: [
        { field: `${spec}.containers[side]`, observed: { image: 'side:1' }, ...by },
        { field: `${spec}.initContainers[first]`, observed: { image: 'first:1' }, ...by },
        { field: `${spec}.volumes[scratch]`, observed: ['emptyDir'], ...by },
        { field: `${spec}.containers[main].env[TOKEN]`, ...by },
      ],
    })
  })

  it('to a webhook configuration is reported with its Service', async () => {
    const webhook = (own: string, of: string) => ({
      name: own,
      clientConfig: { service: { name: of, namespace: 'default' } },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
    })
    const configuration = (...webhooks: object[]): Manifest => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name },
      webhooks,
    })
    await applyOurs(configuration(webhook('ours.example.com', 'ours')))
    await writeAs(cluster, 'helm', configuration(webhook('theirs.example.com', 'theirs')))
    expect(await compareOnly(configuration(webhook('ours.example.com', 'ours')))).toMatchObject({
      action: 'unchanged',
      additions: [
        {
          field: 'webhooks[theirs.example.com]',
          observed: { service: { name: 'theirs', namespace: 'default' } },
          manager: 'helm',
        },
      ],
    })
  })

  it('to a service account is reported only for annotations that the webhook reads', async () => {
    await applyOurs(account())
    const annotations = { 'eks.amazonaws.com/audience': 'theirs', 'example.com/team': 'x' }
    await patchAs('kubectl-annotate', accountPath(), { metadata: { annotations } })
    expect(await compareOnly(account())).toMatchObject({
      action: 'unchanged',
      additions: [
        {
          field: 'metadata.annotations.eks.amazonaws.com/audience',
          observed: 'theirs',
          manager: 'kubectl-annotate',
        },
      ],
    })
  })

  it('to the subjects of a binding is a difference, because the list has one owner', async () => {
    const subject = (of: string) => ({ kind: 'ServiceAccount', name: of, namespace: 'default' })
    const binding = (...subjects: object[]): Manifest => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects,
    })
    await applyOurs(binding(subject('ours')))
    const path = `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${name}`
    await patchAs('kubectl-edit', path, { subjects: [subject('ours'), subject('theirs')] })
    expect(await compareOnly(binding(subject('ours')))).toMatchObject({
      action: 'updated',
      differences: [{ field: 'subjects[theirs]', observed: subject('theirs'), manager: 'kubectl-edit' }],
      refused: { name: 'FieldConflict' },
    })
  })
})

it('a long value is cut', async () => {
  await applyOurs(account({ role: 'a'.repeat(5_000) }))
  const { differences = [] } = await compareOnly(account({ role: 'b'.repeat(5_000) }))
  const [difference] = differences
  expect(difference?.desired).toMatch(/^"b{999}…$/)
  expect(difference?.observed).toMatch(/^"a{999}…$/)
})
