/** After a setup, each test changes one field or object. Drift must name exactly that, and must be empty after the next setup. */
import {
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  type IAMClient,
  PutRolePolicyCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  UntagOpenIDConnectProviderCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { bucketLabels, tagKeys } from '../../../lambdas/ownership/labels.ts'
import { project } from '../../../sandbox/google/project.ts'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { isObject, type KubeObject } from '../../../sandbox/kubernetes/objects/objects.ts'
import { iamClient } from '../../e2e/support/aws-clients.ts'
import { type OwnCluster, ownCluster } from '../../e2e/support/requests.ts'
import { asRequested, type Drift, driftOf, namedIn, planOf, writesIn } from '../../e2e/support/runs/comparison.ts'
import { type System, system } from '../../e2e/support/system.ts'
import type { Edits } from '../../support/api/requests.ts'
import { roleArnOf, roleNameOf } from '../../support/aws/roles.ts'
import { ownedFields } from '../../support/kubernetes/owned-fields.ts'

let running: System
let own: OwnCluster
let iam: IAMClient
let providerArn = ''

const webhook = 'pod-identity-webhook'
const inlinePolicy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::example-reports/*' }],
}
const recordedCluster = z.object({ status: z.object({ providerArn: z.string() }) })

beforeAll(async () => {
  running = await system()
  iam = iamClient(running)
  own = await ownCluster(running, 'drift')
  await setUp()
  const response = await fetch(`${running.api}/v1/clusters/${own.name}`)
  providerArn = recordedCluster.parse(await response.json()).status.providerArn
})
afterAll(() => iam?.destroy())

async function setUp(edits: Edits = {}): Promise<void> {
  const done = await running.setUp(own.body({ 'workloads.0.role.inlinePolicy': inlinePolicy, ...edits }))
  if (done.status !== 'succeeded') throw new Error(`the setup failed: ${JSON.stringify(done.error)}`)
}

const roleName = () => roleNameOf(own.name)
const roleArn = () => roleArnOf(own.name)
const bucket = () => `${own.name}-discovery`
const drift = () => driftOf(running, own.name)

function cluster(): Cluster {
  const observed = running.sandbox.kubernetes.cluster(own.name)
  if (!observed) throw new Error(`there is no cluster ${own.name}`)
  return observed
}

const policyDocument = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
const anything = policyDocument({ Effect: 'Allow', Action: 's3:*', Resource: '*' })
const ec2 = { Service: 'ec2.amazonaws.com' }
const byEc2 = policyDocument({ Effect: 'Allow', Principal: ec2, Action: 'sts:AssumeRole' })
const s3 = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'

const role = () => ({ RoleName: roleName() })
const inline = () => ({ ...role(), PolicyName: 'workload-identity' })
const provider = () => ({ OpenIDConnectProviderArn: providerArn })

/** Keyed by the field that drift must name, or `missing`. The text after a comma distinguishes two changes of one field. */
type Changes = Readonly<Record<string, () => Promise<unknown> | unknown>>

const roleChanges: Changes = {
  policyArns: () => iam.send(new DetachRolePolicyCommand({ ...role(), PolicyArn: s3 })),
  inlinePolicy: () => iam.send(new PutRolePolicyCommand({ ...inline(), PolicyDocument: anything })),
  'inlinePolicy, deleted': () => iam.send(new DeleteRolePolicyCommand(inline())),
  trustPolicy: () => iam.send(new UpdateAssumeRolePolicyCommand({ ...role(), PolicyDocument: byEc2 })),
  permissionsBoundaryArn: () => iam.send(new DeleteRolePermissionsBoundaryCommand(role())),
  maxSessionSeconds: () => iam.send(new UpdateRoleCommand({ ...role(), MaxSessionDuration: 7200 })),
  description: () => iam.send(new UpdateRoleCommand({ ...role(), Description: 'mine' })),
  ...each([tagKeys.deployment, tagKeys.cluster, tagKeys.namespace, tagKeys.serviceAccount], 'tags', (tag) =>
    iam.send(new UntagRoleCommand({ ...role(), TagKeys: [tag] })),
  ),
  missing: async () => {
    await iam.send(new DetachRolePolicyCommand({ ...role(), PolicyArn: s3 }))
    await iam.send(new DeleteRolePolicyCommand(inline()))
    await iam.send(new DeleteRoleCommand(role()))
  },
}

const providerChanges: Changes = {
  thumbprints: () => {
    const ThumbprintList = ['f'.repeat(40)]
    return iam.send(new UpdateOpenIDConnectProviderThumbprintCommand({ ...provider(), ThumbprintList }))
  },
  clientIds: () => {
    const ClientID = 'sts.amazonaws.com'
    return iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ ...provider(), ClientID }))
  },
  ...each([tagKeys.deployment, tagKeys.cluster], 'tags', (tag) =>
    iam.send(new UntagOpenIDConnectProviderCommand({ ...provider(), TagKeys: [tag] })),
  ),
  missing: () => iam.send(new DeleteOpenIDConnectProviderCommand(provider())),
}

const bucketChanges: Changes = {
  ...each([bucketLabels.managedBy, bucketLabels.deployment, bucketLabels.cluster], 'labels', (label) =>
    patchBucket({ labels: { [label]: null } }),
  ),
  'iamConfiguration.uniformBucketLevelAccess.enabled': () =>
    patchBucket({ iamConfiguration: { uniformBucketLevelAccess: { enabled: false } } }),
}

const grantChanges: Changes = {
  'bindings[roles/storage.objectViewer].members': () => removeGrant('roles/storage.objectViewer'),
  'bindings[roles/storage.objectAdmin].members': () => removeGrant('roles/storage.objectAdmin'),
}

function each(keys: readonly string[], field: 'tags' | 'labels', remove: (key: string) => unknown): Changes {
  return Object.fromEntries(keys.map((key) => [`${field}.${key}`, () => remove(key)]))
}

const atAwsAndGoogle = [
  { of: 'role', object: roleArn, changes: roleChanges },
  { of: 'provider', object: () => providerArn, changes: providerChanges },
  { of: 'bucket', object: () => `gs://${bucket()}`, changes: bucketChanges },
  { of: 'IAM policy of the bucket', object: () => `IAM policy of gs://${bucket()}`, changes: grantChanges },
].flatMap(({ changes, ...what }) => Object.entries(changes).map(([field, change]) => ({ ...what, field, change })))

function patchBucket(fields: Parameters<System['sandbox']['google']['buckets']['patch']>[2]['fields']) {
  const { buckets } = running.sandbox.google
  return buckets.patch(project.administrator, bucket(), { fields, ifMetageneration: null })
}

async function removeGrant(granted: string): Promise<void> {
  const { buckets } = running.sandbox.google
  const policy = await buckets.policy(project.administrator, bucket(), 3)
  const bindings = policy.bindings.filter((binding) => binding.role !== granted)
  await buckets.setPolicy(project.administrator, bucket(), { ...policy, bindings })
}

it('a plan of a cluster that does not exist yet reports what is unknown until the cluster exists', async () => {
  const { name, body } = await ownCluster(running, 'planned')
  const since = Date.now()
  const planned = await planOf(running, body())
  expect(await running.writesOf(name, since)).toEqual([])
  expect(writesIn(planned.writes)).toEqual([
    `created AWSCluster default/${name}`,
    `created AWSNodePool default/${name}-pool`,
    `created gs://${name}-discovery`,
    `updated IAM policy of gs://${name}-discovery`,
  ])
  expect(planned.problems).toEqual([])
  expect(planned.unknown).toContainEqual({
    object: 'ServiceAccount default/s3-reader',
    reason: 'known after the cluster is ready',
  })

  const done = await running.setUp(body())
  expect(done.error).toBeUndefined()
  expect(await driftOf(running, name)).toEqual(asRequested)
})

describe('drift names exactly the change at AWS or Google, and a setup reverts it:', () => {
  it.for(atAwsAndGoogle)('$field of the $of', async ({ object, field, change }) => {
    await change()
    expect(namedIn(await drift())).toEqual([
      field === 'missing' ? `missing ${object()}` : `${object()}: ${field.replace(/,.*/, '')}`,
    ])
    // Without its tag or label the object belongs to another owner.
    await setUp(/^(tags|labels)\./.test(field) ? { adopt: true } : {})
    expect(await drift()).toEqual(asRequested)
  })
})

const namespace = 'workload-identity-webhook'
const inUserCluster = [
  { what: 'Namespace', kind: 'Namespace', name: namespace },
  { what: 'ServiceAccount of the webhook', kind: 'ServiceAccount', namespace, name: webhook },
  { what: 'ClusterRole', kind: 'ClusterRole', name: webhook },
  { what: 'ClusterRoleBinding', kind: 'ClusterRoleBinding', name: webhook },
  { what: 'Service', kind: 'Service', namespace, name: webhook },
  { what: 'PodDisruptionBudget', kind: 'PodDisruptionBudget', namespace, name: webhook },
  { what: 'Secret', kind: 'Secret', namespace, name: `${webhook}-tls` },
  { what: 'Deployment', kind: 'Deployment', namespace, name: webhook },
  { what: 'MutatingWebhookConfiguration', kind: 'MutatingWebhookConfiguration', name: webhook },
  { what: 'ServiceAccount of the workload', kind: 'ServiceAccount', namespace: 'default', name: 's3-reader' },
]
const inManagement = [
  { what: 'AWSCluster', kind: 'AWSCluster', namespace: 'default', name: () => own.name },
  { what: 'AWSNodePool', kind: 'AWSNodePool', namespace: 'default', name: () => `${own.name}-pool` },
]

interface ObjectRef {
  readonly what: string
  readonly kind: string
  readonly name: string | (() => string)
  readonly namespace?: string
}

function liveObject({ kind, name, namespace }: Omit<ObjectRef, 'what'>): {
  cluster: Cluster
  object: KubeObject
  shown: string
} {
  const where = kind.startsWith('AWS') ? running.sandbox.kubernetes.management : cluster()
  const objectName = typeof name === 'string' ? name : name()
  const object = where.store.get(kind, objectName, namespace)
  const shown = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${objectName}`
  if (!object) throw new Error(`there is no ${shown}`)
  return { cluster: where, object, shown }
}

describe('drift names exactly the changed field of', () => {
  it.for<ObjectRef>([...inUserCluster, ...inManagement])(
    'the $what',
    { timeout: 900_000 },
    async (ref, { annotate }) => {
      const { cluster: where, object, shown } = liveObject(ref)
      where.isSchedulable = false
      const fields = ownedFields(object, 'workload-identity')
      expect(fields.length).toBeGreaterThan(0)
      await annotate(`${fields.length} fields`)
      try {
        for (const { name, changed } of fields) {
          where.store.put({ ...changed(otherThan), status: liveObject(ref).object.status })
          const observed = await drift()
          expect(objectsIn(observed), `${name} of ${shown}`).toEqual([shown])
          if (ref.kind !== 'Secret') expectField(observed, withoutItems(name))
          where.store.put({ ...object, status: liveObject(ref).object.status })
        }
      } finally {
        where.store.put({ ...object, status: liveObject(ref).object.status })
        where.isSchedulable = true
      }
      await untilAsRequested()
    },
  )
})

function otherThan(value: unknown): unknown {
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  if (Array.isArray(value)) return value.slice(1)
  return isObject(value) ? { ...value, changed: 'from-outside' } : `${value}x`
}

const withoutItems = (field: string) => field.replace(/\[[^\]]*\]/g, '')

function objectsIn({ missing, changed, problems }: Drift): string[] {
  const refused = problems.filter(({ name }) => name === 'InvalidObject')
  return [...new Set([...missing, ...changed, ...refused].map(({ object }) => object))]
}

/**
 * Drift names the field, a field below it, or one above it. For an immutable field it names the object, with the error that the
 * API server returns to a setup.
 */
function expectField({ changed, problems }: Drift, field: string): void {
  if (problems.some(({ name }) => name === 'InvalidObject')) return
  const reported = new Set(changed.map(({ field: each = '' }) => withoutItems(each)))
  expect(reported.size, [...reported].join()).toBe(1)
  for (const each of reported) {
    const isAround = `${field}.`.startsWith(`${each}.`) || `${each}.`.startsWith(`${field}.`)
    expect(isAround, `${each} for ${field}`).toBe(true)
  }
}

/** Waits until the webhook's pods run again. */
async function untilAsRequested(): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const observed = await drift()
    if (observed.problems.length === 0 || attempt === 19) return void expect(observed).toEqual(asRequested)
  }
}

describe('drift names exactly the deleted object, and a setup creates it again:', () => {
  const single = [...inUserCluster.slice(1), ...inManagement.slice(1)]
  it.for<ObjectRef>(single)('the $what', { timeout: 300_000 }, async (ref) => {
    const { cluster: where, object, shown } = liveObject(ref)
    where.store.remove(object)
    const observed = await drift()
    await setUp()
    expect(namedIn(observed)).toEqual([`missing ${shown}`])
    expect(await drift()).toEqual(asRequested)
  })

  it('the namespace of the webhook, with all its objects', async () => {
    const { store } = cluster()
    for (const object of store.all().filter(({ metadata }) => metadata.namespace === namespace)) store.remove(object)
    const { object } = liveObject({ kind: 'Namespace', name: namespace })
    store.remove(object)
    const inNamespace = inUserCluster.filter((ref) => ref.namespace === namespace)
    expect(namedIn(await drift())).toEqual(
      [
        `missing Namespace ${namespace}`,
        ...inNamespace.map(({ kind, name }) => `missing ${kind} ${namespace}/${name}`),
      ].sort(),
    )
    await setUp()
    expect(await drift()).toEqual(asRequested)
  })

  it('the bucket, with its documents', async () => {
    const { buckets } = running.sandbox.google
    const names = await buckets.objects(project.administrator, bucket())
    const documents = await Promise.all(
      names.map(async (name) => [name, await buckets.object(project.administrator, bucket(), name)] as const),
    )
    for (const name of names) await buckets.deleteObject(project.administrator, bucket(), name)
    await buckets.delete(project.administrator, bucket())
    const observed = await drift()
    expect(namedIn(observed)).toEqual([`missing gs://${bucket()}`])
    expect(observed.problems).toMatchObject([{ name: 'ClusterNotReady' }])

    const location = await running.start(own.body({ 'workloads.0.role.inlinePolicy': inlinePolicy }))
    await running.until(location, ({ steps }) => steps.some(({ state }) => state === 'CheckCluster'))
    for (const [name, object] of documents) await buckets.putObject(project.administrator, bucket(), name, object)
    expect((await running.ended(location)).error).toBeUndefined()
    expect(await drift()).toEqual(asRequested)
  })
})
