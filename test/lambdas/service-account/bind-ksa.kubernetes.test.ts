import { beforeEach, describe, expect, it } from 'vitest'
import { connectToCluster } from '../../../lambdas/objects/connect.ts'
import { fingerprints } from '../../../lambdas/objects/fingerprint.ts'
import { send } from '../../support/kubernetes/api-requests.ts'
import { objectIn, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { type Binding, boundAccounts, roleArn } from '../../support/steps/bind-ksa.ts'

const otherRole = 'arn:aws:iam::000000000000:role/somebody-elses'

const world = boundAccounts((clusters) => clusters.start('prod-eu', { behindBastion: true }))

const account = (name = 's3-reader') => objectIn(world.cluster, 'ServiceAccount', { name, namespace: world.namespace })
const theirAccount = (annotations: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 's3-reader', namespace: world.namespace, annotations },
})
/** What CheckCluster gives of the account. */
const seen = async () => {
  const prints = await fingerprints(await connectToCluster(world.target), { apiVersion: 'v1', kind: 'ServiceAccount' })
  return prints.get(`${world.namespace}/s3-reader`)
}
const operations = () => world.cluster.calls.all().map(({ operation }) => operation)
const makeNamespace = () =>
  writeAs(world.cluster, 'kubectl', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: world.namespace } })

describe('binding a service account to its role', () => {
  it('makes namespace and account, both marked as ours', async () => {
    const result = await world.bind()

    expect(result).toEqual({
      output: {},
      changes: [
        { object: `Namespace ${world.namespace}`, action: 'created' },
        { object: `ServiceAccount ${world.namespace}/s3-reader`, action: 'created' },
      ],
    })
    expect((await account())?.metadata).toMatchObject({
      labels: { 'app.kubernetes.io/managed-by': 'workload-identity' },
      annotations: {
        'eks.amazonaws.com/role-arn': roleArn,
        'eks.amazonaws.com/token-expiration': '86400',
        'eks.amazonaws.com/sts-regional-endpoints': 'true',
      },
    })
    expect((await objectIn(world.cluster, 'Namespace', { name: world.namespace }))?.metadata.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'workload-identity',
    })
  })

  it('writes nothing the second time', async () => {
    await world.bind()
    world.cluster.calls.clear()

    expect(await world.bind()).toMatchObject({ changes: [{ action: 'unchanged' }] })
    expect(writesTo(world.cluster)).toEqual([])
  })

  it('uses a namespace of somebody else and leaves it as it is', async () => {
    await makeNamespace()
    const before = await objectIn(world.cluster, 'Namespace', { name: world.namespace })

    expect(await world.bind()).toMatchObject({ changes: [{ object: `ServiceAccount ${world.namespace}/s3-reader` }] })
    expect(await objectIn(world.cluster, 'Namespace', { name: world.namespace })).toEqual(before)
  })

  it('is tried again while its namespace is being deleted, and makes another one when that is gone', async () => {
    const path = `/api/v1/namespaces/${world.namespace}`
    const metadata = { name: world.namespace, finalizers: ['example.com/slow'] }
    await writeAs(world.cluster, 'kubectl', { apiVersion: 'v1', kind: 'Namespace', metadata })
    await send(world.cluster, `DELETE ${path}`)
    await expect(world.bind()).rejects.toMatchObject({
      name: 'ConcurrentChange',
      object: `ServiceAccount ${world.namespace}/s3-reader`,
      reason: expect.stringMatching(/^its namespace .* is being deleted$/),
      transient: true,
    })

    const contentType = 'application/merge-patch+json'
    await send(world.cluster, `PATCH ${path}`, { body: { metadata: { finalizers: null } }, contentType })
    await expect.poll(async () => (await send(world.cluster, `GET ${path}`)).code, { timeout: 60_000 }).toBe(404)
    expect(await world.bind()).toMatchObject({ changes: [{ action: 'created' }, { action: 'created' }] })
  })

  it('can be done for many accounts of a new namespace at the same time', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `account-${index}`)
    await Promise.all(names.map((serviceAccount) => world.bind({ serviceAccount })))

    const made = await Promise.all(names.map((name) => account(name)))
    expect(made.map((one) => one?.metadata.name)).toEqual(names)
  })

  it.each([
    [{ minor: 20 }, undefined],
    [{ minor: 33, image: 'amazon/amazon-eks-pod-identity-webhook:v0.2.0' }, undefined],
    [{ minor: 33, image: 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17' }, 'true'],
    [{ mode: 'managed' as const }, 'true'],
    [{ mode: 'none' as const }, undefined],
  ])('asks for regional endpoints only where the webhook reads it rightly: %o', async (ask, expected) => {
    await world.bind(ask)
    expect((await account())?.metadata.annotations?.['eks.amazonaws.com/sts-regional-endpoints']).toBe(expected)
  })
})

describe('a dry run', () => {
  const dryRun = async (ask: Binding = {}) => {
    world.cluster.calls.clear()
    const result = await world.bind({ ...ask, dryRun: true })
    expect(writesTo(world.cluster)).toEqual([])
    return result
  }

  it('tells exactly what is then done, and after that nothing', async () => {
    expect(await dryRun()).toMatchObject(await world.bind())
    expect(await dryRun()).toMatchObject({ changes: [{ action: 'unchanged' }] })
  })

  it('in a namespace that is there tells the account alone', async () => {
    await makeNamespace()
    const made = expect.objectContaining({ kind: 'ServiceAccount' })
    expect(await dryRun()).toEqual({
      output: {},
      changes: [{ object: `ServiceAccount ${world.namespace}/s3-reader`, action: 'created', made }],
    })
  })

  it('asks the server nothing about an account that is as CheckCluster has seen it, and as it was applied', async () => {
    await makeNamespace()
    await world.bind()
    const unchanged = await dryRun({ seen: await seen() })
    expect(world.cluster.calls.all()).toEqual([])
    expect(unchanged).toEqual(await dryRun())
    expect(unchanged).toEqual({
      output: {},
      changes: [{ object: `ServiceAccount ${world.namespace}/s3-reader`, action: 'unchanged' }],
    })
  })

  it('reads an account that is as it was applied, and asks the server for no dry run of it', async () => {
    await world.bind()
    await dryRun()
    expect(operations()).toEqual([`GET /api/v1/namespaces/${world.namespace}/serviceaccounts/s3-reader`])
  })

  it.each([
    ['asks for less than was applied', { mode: 'none' as const }],
    ['has another role', { role: otherRole }],
  ])('compares an account that CheckCluster has seen when the request %s', async (_, ask) => {
    await world.bind()
    const [withoutSeen, withSeen] = [await dryRun(ask), await dryRun({ ...ask, seen: await seen() })]
    expect(withSeen).toMatchObject({ changes: [{ action: 'updated', differences: [expect.anything()] }] })
    expect(withSeen).toEqual(withoutSeen)
  })

  it('asks the server nothing about an account that was adopted', async () => {
    await makeNamespace()
    await writeAs(world.cluster, 'kubectl-annotate', theirAccount({}))
    await world.bind({ adopt: true })
    expect(await dryRun({ seen: await seen() })).toMatchObject({ changes: [{ action: 'unchanged' }] })
    expect(world.cluster.calls.all()).toEqual([])
  })

  it('names an annotation that is gone, and one that others have added', async () => {
    await world.bind()
    const path = `/api/v1/namespaces/${world.namespace}/serviceaccounts/s3-reader?fieldManager=kubectl-annotate`
    const annotations = { 'eks.amazonaws.com/token-expiration': null, 'eks.amazonaws.com/audience': 'theirs' }
    const contentType = 'application/merge-patch+json'
    await send(world.cluster, `PATCH ${path}`, { body: { metadata: { annotations } }, contentType })
    expect(await dryRun()).toMatchObject({
      changes: [
        {
          action: 'updated',
          differences: [{ field: 'metadata.annotations.eks.amazonaws.com/token-expiration', desired: '86400' }],
          additions: [{ field: 'metadata.annotations.eks.amazonaws.com/audience', observed: 'theirs' }],
        },
      ],
    })
  })

  it('names the role that somebody else set, and who', async () => {
    await world.bind()
    await writeAs(world.cluster, 'kubectl-annotate', theirAccount({ 'eks.amazonaws.com/role-arn': otherRole }))
    expect(await dryRun()).toMatchObject({
      changes: [
        {
          action: 'updated',
          differences: [
            {
              field: 'metadata.annotations.eks.amazonaws.com/role-arn',
              desired: roleArn,
              observed: otherRole,
              manager: 'kubectl-annotate',
            },
          ],
          refused: { name: 'FieldConflict', reason: expect.stringContaining(`${otherRole}, set by kubectl-annotate`) },
        },
      ],
    })
  })
})

describe('a service account that somebody else made', () => {
  beforeEach(makeNamespace)

  it('is refused without adopt', async () => {
    await writeAs(world.cluster, 'helm', theirAccount({}))
    world.cluster.calls.clear()

    await expect(world.bind()).rejects.toMatchObject({
      name: 'OwnershipConflict',
      object: `ServiceAccount ${world.namespace}/s3-reader`,
    })
    expect(writesTo(world.cluster)).toEqual([])
  })

  it('is adopted from kubectl with another role', async () => {
    await writeAs(world.cluster, 'kubectl-annotate', theirAccount({ 'eks.amazonaws.com/role-arn': otherRole }))

    expect(await world.bind({ adopt: true })).toMatchObject({ changes: [{ action: 'adopted' }] })
    expect((await account())?.metadata.annotations).toMatchObject({ 'eks.amazonaws.com/role-arn': roleArn })
  })

  it('keeps another role that a controller set, which is named with it', async () => {
    await writeAs(world.cluster, 'helm', theirAccount({ 'eks.amazonaws.com/role-arn': otherRole }))
    world.cluster.calls.clear()

    await expect(world.bind({ adopt: true })).rejects.toMatchObject({
      name: 'FieldConflict',
      reason: `its annotation eks.amazonaws.com/role-arn names ${otherRole}, set by helm`,
    })
    expect(writesTo(world.cluster)).toEqual([])
  })

  it.each(['kubectl-annotate', 'helm'])(
    'is bound again when the annotation that %s has set is removed',
    async (who) => {
      await world.bind()
      await writeAs(world.cluster, who, theirAccount({ 'eks.amazonaws.com/role-arn': otherRole }))
      await expect(world.bind()).rejects.toMatchObject({
        action: expect.stringContaining(
          `kubectl annotate serviceaccount -n ${world.namespace} s3-reader eks.amazonaws.com/role-arn-`,
        ),
      })
      const path = `/api/v1/namespaces/${world.namespace}/serviceaccounts/s3-reader?fieldManager=kubectl-annotate`
      const body = { metadata: { annotations: { 'eks.amazonaws.com/role-arn': null } } }
      await send(world.cluster, `PATCH ${path}`, { body, contentType: 'application/merge-patch+json' })

      expect(await world.bind()).toMatchObject({ changes: [{ action: 'updated' }] })
      expect((await account())?.metadata.annotations).toMatchObject({ 'eks.amazonaws.com/role-arn': roleArn })
    },
  )
})

/** The emulated cluster loses answers. Real API servers have no such fault. */
describe('a run that was cut off', () => {
  const emulated = world.beside((clusters) => clusters.emulate('failing', { behindBastion: true }))
  beforeEach(() => emulated.cluster.faults.clear())

  it.each(['Namespace', 'ServiceAccount'])('after writing the %s ends the same when it is run again', async (kind) => {
    const { cluster, namespace } = emulated
    const operation =
      kind === 'Namespace' ? `PATCH /api/v1/namespaces/${namespace}` : `PATCH *${namespace}/serviceaccounts/*`
    // The first of the two calls is the dry run.
    cluster.faults.add({ kind: 'drop-response', operation, times: 2 })
    await expect(emulated.bind()).rejects.toMatchObject({ name: 'Unreachable' })
    cluster.faults.clear()
    await emulated.bind()

    const bound = cluster.store.get('ServiceAccount', 's3-reader', namespace)
    expect(bound?.metadata.annotations).toMatchObject({ 'eks.amazonaws.com/role-arn': roleArn })
    cluster.calls.clear()
    await emulated.bind()
    expect(writesTo(cluster)).toEqual([])
  })
})
