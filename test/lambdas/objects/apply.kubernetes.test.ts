import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ClusterClient } from '../../../lambdas/clouds/kubernetes/cluster-client.ts'
import type { Manifest } from '../../../lambdas/clouds/kubernetes/object.ts'
import { apply, applyPlanned, planOf } from '../../../lambdas/objects/apply.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { asObject } from '../../../sandbox/kubernetes/objects/objects.ts'
import { clientOf, objectIn, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'
import { deployment as deploymentName } from '../../support/steps/deployment.ts'

const clusters = reachableClusters()
let cluster: AnyCluster
let client: ClusterClient
let count = 0
let name = ''

beforeAll(async () => {
  cluster = await clusters.start('prod-eu')
})
beforeEach(async () => {
  count += 1
  name = `reader-${count}`
  client = clientOf(cluster)
  cluster.calls.clear()
})

const account = (annotations: Record<string, string> = { role: 'a' }): Manifest => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace: 'default', annotations },
})
const deployment = (replicas: number): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: podTemplate({ app: name }),
  },
})
const podTemplate = (labels: Record<string, string>) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'main', image: 'busybox:1.36', resources: { requests: { cpu: '0.1' } } }] },
})
/** The annotations of each of our objects. */
const ownerAnnotations = { 'workload-identity/cluster': 'prod-eu', 'workload-identity/deployment': deploymentName }
const stored = () => objectIn(cluster, 'ServiceAccount', { name, namespace: 'default' })

describe('applying an object', () => {
  it('creates it with our label', async () => {
    expect(await apply(client, account(), { adopt: false })).toEqual({
      object: `ServiceAccount default/${name}`,
      action: 'created',
    })
    expect((await stored())?.metadata).toMatchObject({
      labels: { 'app.kubernetes.io/managed-by': 'workload-identity' },
      annotations: { role: 'a', ...ownerAnnotations },
    })
  })

  it('writes nothing when it exists, also with defaults of the server', async () => {
    await apply(client, deployment(2), { adopt: false })
    cluster.calls.clear()

    expect(await apply(client, deployment(2), { adopt: false })).toMatchObject({ action: 'unchanged' })
    expect(writesTo(cluster)).toEqual([])
  })

  it('reads and dry-runs an object once if no controller writes to it', async () => {
    const configMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'default' },
      data: { a: 'b' },
    }
    await apply(client, configMap, { adopt: false })
    cluster.calls.clear()

    expect(await apply(client, configMap, { adopt: false })).toMatchObject({ action: 'unchanged' })
    const calls = cluster.calls.all()
    expect(calls.filter(({ operation }) => operation.includes(name))).toHaveLength(2)
  })

  it('updates and reports differing fields, and removes fields that are no longer in the manifest', async () => {
    await apply(client, account({ role: 'a', old: 'x' }), { adopt: false })
    const change = await apply(client, account({ role: 'b' }), { adopt: false })

    expect(change).toMatchObject({ action: 'updated', detail: 'metadata.annotations.old, metadata.annotations.role' })
    expect((await stored())?.metadata.annotations).toEqual({ role: 'b', ...ownerAnnotations })
  })

  it('owns exactly the fields of the manifest, also after a second apply', async () => {
    const ours = async () => {
      const entries = (await stored())?.metadata.managedFields ?? []
      return entries.filter(({ manager }) => manager === 'workload-identity')
    }
    const owned = (...annotations: string[]) => [
      {
        operation: 'Apply',
        fieldsV1: {
          'f:metadata': {
            'f:annotations': Object.fromEntries(annotations.map((key) => [`f:${key}`, {}])),
            'f:labels': { 'f:app.kubernetes.io/managed-by': {} },
          },
        },
      },
    ]
    await apply(client, account({ role: 'a', old: 'x' }), { adopt: false })
    expect(await ours()).toMatchObject(owned('role', 'old'))

    await apply(client, account({ role: 'b' }), { adopt: false })
    expect(await ours()).toMatchObject(owned('role'))
    expect(JSON.stringify(await ours())).not.toContain('f:old')
  })

  it('keeps fields of other managers', async () => {
    await apply(client, account(), { adopt: false })
    await writeAs(cluster, 'helm', account({ team: 'x' }))

    expect(await apply(client, account(), { adopt: false })).toMatchObject({ action: 'unchanged' })
    expect((await stored())?.metadata.annotations).toEqual({ role: 'a', team: 'x', ...ownerAnnotations })
  })

  it('with dryRunOnly writes nothing and reports the change', async () => {
    expect(await apply(client, account(), { adopt: false, dryRunOnly: true })).toMatchObject({ action: 'created' })
    expect(await stored()).toBeUndefined()

    await apply(client, account(), { adopt: false })
    const change = await apply(client, account({ role: 'b' }), { adopt: false, dryRunOnly: true })

    expect(change).toMatchObject({ action: 'updated' })
    expect((await stored())?.metadata.annotations).toEqual({ role: 'a', ...ownerAnnotations })
  })

  it('succeeds for several clients at the same time', async () => {
    const changes = await Promise.all([1, 2, 3, 4].map(() => apply(clientOf(cluster), account(), { adopt: false })))

    expect(changes.map(({ action }) => action)).toContain('created')
    expect((await stored())?.metadata.annotations).toEqual({ role: 'a', ...ownerAnnotations })
  })

  it('fails at a conflict without a write, and names field and manager', async () => {
    await apply(client, account(), { adopt: false })
    await writeAs(cluster, 'helm', account({ role: 'b' }))
    cluster.calls.clear()

    await expect(apply(client, account(), { adopt: false })).rejects.toMatchObject({
      name: 'FieldConflict',
      object: `ServiceAccount default/${name}`,
      reason: expect.stringMatching(/annotations\.role.* \(helm\)/),
    })
    expect(writesTo(cluster)).toEqual([])
  })

  it('overwrites a field that kubectl has changed only if objects are adopted', async () => {
    await apply(client, account(), { adopt: false })
    await writeAs(cluster, 'kubectl-annotate', account({ role: 'b' }))

    await expect(apply(client, account(), { adopt: false })).rejects.toMatchObject({
      name: 'FieldConflict',
      action: expect.stringContaining('adopt: true'),
    })
    expect((await stored())?.metadata.annotations).toEqual({ role: 'b', ...ownerAnnotations })
    expect(await apply(client, account(), { adopt: true })).toMatchObject({ action: 'updated' })
    expect((await stored())?.metadata.annotations).toEqual({ role: 'a', ...ownerAnnotations })
    expect(await apply(client, account(), { adopt: false })).toMatchObject({ action: 'unchanged' })
  })

  it('never overwrites a field of a manager other than kubectl', async () => {
    await apply(client, account(), { adopt: false })
    await writeAs(cluster, 'helm', account({ role: 'b' }))

    await expect(apply(client, account(), { adopt: true })).rejects.toMatchObject({ name: 'FieldConflict' })
    expect((await stored())?.metadata.annotations).toEqual({ role: 'b', ...ownerAnnotations })
  })

  it('runs the check before the first write', async () => {
    await apply(client, account(), { adopt: false })
    cluster.calls.clear()
    const check = (live: unknown) => {
      expect(live).toMatchObject({ metadata: { name } })
      throw new Error('not this one')
    }

    await expect(apply(client, account({ role: 'b' }), { adopt: false, check })).rejects.toThrow('not this one')
    expect(writesTo(cluster)).toEqual([])
  })

  it('waits for an object that is being deleted', async () => {
    const metadata = { name, namespace: 'default', finalizers: ['example.com/x'] }
    await client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata })
    await client.delete({ apiVersion: 'v1', kind: 'ServiceAccount', name, namespace: 'default' })

    await expect(apply(client, account(), { adopt: false })).rejects.toMatchObject({
      name: 'ConcurrentChange',
      transient: true,
    })
  })
})

describe('applying an object with a plan', () => {
  it('writes the planned object', async () => {
    const plan = await planOf(client, account(), { adopt: false })
    expect(await applyPlanned(client, account(), { adopt: false, plan })).toMatchObject({ action: 'created' })
    expect((await stored())?.metadata?.annotations).toMatchObject({ role: 'a', ...ownerAnnotations })
  })

  it('writes nothing when another client has created the object since', async () => {
    const plan = await planOf(client, account(), { adopt: false })
    await writeAs(cluster, 'somebody', account({ theirs: 'x' }))
    await expect(applyPlanned(client, account(), { adopt: false, plan })).rejects.toMatchObject({
      name: 'OwnershipConflict',
    })
    expect((await stored())?.metadata?.annotations).toEqual({ theirs: 'x' })
  })
})

describe('an object of the same cluster under another name', () => {
  it.each([false, true])('is refused with and without adopt (%s)', async (adopt) => {
    await apply(client, account(), { adopt: false })
    const twin = clientOf(cluster, { target: { name: 'prod-again' } })
    const applied = apply(twin, account({ role: 'b' }), { adopt })
    await expect(applied).rejects.toMatchObject({
      name: 'OwnershipConflict',
      object: `ServiceAccount default/${name}`,
      action: 'Use the name prod-eu for this cluster',
    })
    expect((await stored())?.metadata.annotations).toEqual({ role: 'a', ...ownerAnnotations })
  })
})

describe('an object of another owner', () => {
  const create = async (manager: string, annotations: Record<string, string> = { role: 'theirs' }) => {
    await writeAs(cluster, manager, account(annotations))
    cluster.calls.clear()
  }

  it('is refused and not changed', async () => {
    await create('kubectl-create')

    await expect(apply(client, account(), { adopt: false })).rejects.toMatchObject({
      name: 'OwnershipConflict',
      object: `ServiceAccount default/${name}`,
      action: expect.stringContaining('adopt: true'),
    })
    expect(writesTo(cluster)).toEqual([])
  })

  it('is adopted from kubectl: it gets the fields of the manifest, and the annotation of an adoption', async () => {
    await create('kubectl-client-side-apply')

    expect(await apply(client, account(), { adopt: true })).toMatchObject({ action: 'adopted' })
    expect((await stored())?.metadata).toMatchObject({
      labels: { 'app.kubernetes.io/managed-by': 'workload-identity' },
      annotations: { role: 'a', 'workload-identity/adopted': 'true' },
    })
  })

  it('keeps the annotation of an adoption, and is not written again', async () => {
    await create('kubectl-client-side-apply')
    await apply(client, account(), { adopt: true })
    cluster.calls.clear()

    expect(await apply(client, account(), { adopt: true })).toMatchObject({ action: 'unchanged' })
    expect(writesTo(cluster)).toEqual([])
    expect(await apply(client, account({ role: 'b' }), { adopt: false })).toMatchObject({ action: 'updated' })
    expect((await stored())?.metadata.annotations).toEqual({
      role: 'b',
      'workload-identity/adopted': 'true',
      ...ownerAnnotations,
    })
  })

  it('is adopted without force if no field conflicts', async () => {
    await create('helm', { team: 'x' })

    expect(await apply(client, account(), { adopt: true })).toMatchObject({ action: 'adopted' })
    expect((await stored())?.metadata.annotations).toMatchObject({ role: 'a', team: 'x' })
  })

  it('is not adopted if a manager other than kubectl owns a field', async () => {
    await create('helm')

    await expect(apply(client, account(), { adopt: true })).rejects.toMatchObject({
      name: 'FieldConflict',
      reason: expect.stringContaining('(helm)'),
    })
    expect(writesTo(cluster)).toEqual([])
  })

  it('is refused before the first write when an immutable field differs', async () => {
    const labels = { app: name, tier: 'web' }
    const { spec, ...rest } = deployment(1)
    const theirs = { ...asObject(spec), selector: { matchLabels: labels }, template: podTemplate(labels) }
    await writeAs(cluster, 'kubectl-client-side-apply', { ...rest, spec: theirs })
    cluster.calls.clear()

    const trial = apply(client, deployment(2), { adopt: true, dryRunOnly: true })
    await expect(trial).rejects.toMatchObject({ name: 'InvalidObject', object: `Deployment default/${name}` })
    expect(writesTo(cluster)).toEqual([])
  })
})
