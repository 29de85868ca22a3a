import { beforeEach, describe, expect, it } from 'vitest'
import { connectToCluster } from '../../../lambdas/objects/connect.ts'
import { fingerprints } from '../../../lambdas/objects/fingerprint.ts'
import { send } from '../../support/kubernetes/api-requests.ts'
import { objectIn, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { type Binding, boundAccounts, roleArn } from '../../support/steps/bind-ksa.ts'

const otherRole = 'arn:aws:iam::000000000000:role/somebody-elses'

const fixture = boundAccounts((clusters) => clusters.start('prod-eu', { behindBastion: true }))

const account = (name = 's3-reader') =>
  objectIn(fixture.cluster, 'ServiceAccount', { name, namespace: fixture.namespace })
const theirAccount = (annotations: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 's3-reader', namespace: fixture.namespace, annotations },
})
/** The fingerprint of the account, as CheckCluster returns it. */
const seen = async () => {
  const prints = await fingerprints(await connectToCluster(fixture.target), {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
  })
  return prints.get(`${fixture.namespace}/s3-reader`)
}
const operations = () => fixture.cluster.calls.all().map(({ operation }) => operation)
const createNamespace = () =>
  writeAs(fixture.cluster, 'kubectl', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: fixture.namespace } })

describe('binding a service account to its role', () => {
  it('creates namespace and account with our label', async () => {
    const result = await fixture.bind()

    expect(result).toEqual({
      output: {},
      changes: [
        { object: `Namespace ${fixture.namespace}`, action: 'created' },
        { object: `ServiceAccount ${fixture.namespace}/s3-reader`, action: 'created' },
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
    expect((await objectIn(fixture.cluster, 'Namespace', { name: fixture.namespace }))?.metadata.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'workload-identity',
    })
  })

  it('writes nothing in a second run', async () => {
    await fixture.bind()
    fixture.cluster.calls.clear()

    expect(await fixture.bind()).toMatchObject({ changes: [{ action: 'unchanged' }] })
    expect(writesTo(fixture.cluster)).toEqual([])
  })

  it('uses a namespace of another owner without changing it', async () => {
    await createNamespace()
    const before = await objectIn(fixture.cluster, 'Namespace', { name: fixture.namespace })

    expect(await fixture.bind()).toMatchObject({
      changes: [{ object: `ServiceAccount ${fixture.namespace}/s3-reader` }],
    })
    expect(await objectIn(fixture.cluster, 'Namespace', { name: fixture.namespace })).toEqual(before)
  })

  it('is tried again while its namespace is being deleted, and creates a new one afterwards', async () => {
    const path = `/api/v1/namespaces/${fixture.namespace}`
    const metadata = { name: fixture.namespace, finalizers: ['example.com/slow'] }
    await writeAs(fixture.cluster, 'kubectl', { apiVersion: 'v1', kind: 'Namespace', metadata })
    await send(fixture.cluster, `DELETE ${path}`)
    await expect(fixture.bind()).rejects.toMatchObject({
      name: 'ConcurrentChange',
      object: `ServiceAccount ${fixture.namespace}/s3-reader`,
      reason: expect.stringMatching(/^its namespace .* is being deleted$/),
      transient: true,
    })

    const contentType = 'application/merge-patch+json'
    await send(fixture.cluster, `PATCH ${path}`, { body: { metadata: { finalizers: null } }, contentType })
    await expect.poll(async () => (await send(fixture.cluster, `GET ${path}`)).code, { timeout: 60_000 }).toBe(404)
    expect(await fixture.bind()).toMatchObject({ changes: [{ action: 'created' }, { action: 'created' }] })
  })

  it('succeeds for many accounts of a new namespace at the same time', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `account-${index}`)
    await Promise.all(names.map((serviceAccount) => fixture.bind({ serviceAccount })))

    const accounts = await Promise.all(names.map((name) => account(name)))
    expect(accounts.map((one) => one?.metadata.name)).toEqual(names)
  })

  it.each([
    [{ minor: 20 }, undefined],
    [{ minor: 33, image: 'amazon/amazon-eks-pod-identity-webhook:v0.2.0' }, undefined],
    [{ minor: 33, image: 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17' }, 'true'],
    [{ mode: 'managed' as const }, 'true'],
    [{ mode: 'none' as const }, undefined],
  ])('sets the annotation of regional endpoints only where the webhook reads it: %o', async (binding, expected) => {
    await fixture.bind(binding)
    expect((await account())?.metadata.annotations?.['eks.amazonaws.com/sts-regional-endpoints']).toBe(expected)
  })
})

describe('a dry run', () => {
  const dryRun = async (binding: Binding = {}) => {
    fixture.cluster.calls.clear()
    const result = await fixture.bind({ ...binding, dryRun: true })
    expect(writesTo(fixture.cluster)).toEqual([])
    return result
  }

  it('reports exactly the changes of the next run, and none after it', async () => {
    expect(await dryRun()).toMatchObject(await fixture.bind())
    expect(await dryRun()).toMatchObject({ changes: [{ action: 'unchanged' }] })
  })

  it('reports only the account in an existing namespace', async () => {
    await createNamespace()
    const manifest = expect.objectContaining({ kind: 'ServiceAccount' })
    expect(await dryRun()).toEqual({
      output: {},
      changes: [{ object: `ServiceAccount ${fixture.namespace}/s3-reader`, action: 'created', made: manifest }],
    })
  })

  it('sends no request about an account whose fingerprint shows that it is as applied', async () => {
    await createNamespace()
    await fixture.bind()
    const unchanged = await dryRun({ seen: await seen() })
    expect(fixture.cluster.calls.all()).toEqual([])
    expect(unchanged).toEqual(await dryRun())
    expect(unchanged).toEqual({
      output: {},
      changes: [{ object: `ServiceAccount ${fixture.namespace}/s3-reader`, action: 'unchanged' }],
    })
  })

  it('reads an account that is as applied, and sends no dry run of it', async () => {
    await fixture.bind()
    await dryRun()
    expect(operations()).toEqual([`GET /api/v1/namespaces/${fixture.namespace}/serviceaccounts/s3-reader`])
  })

  it.each([
    ['has fewer annotations', { mode: 'none' as const }],
    ['has another role', { role: otherRole }],
  ])('compares an account with a fingerprint when the request %s', async (_, change) => {
    await fixture.bind()
    const [withoutSeen, withSeen] = [await dryRun(change), await dryRun({ ...change, seen: await seen() })]
    expect(withSeen).toMatchObject({ changes: [{ action: 'updated', differences: [expect.anything()] }] })
    expect(withSeen).toEqual(withoutSeen)
  })

  it('sends no request about an adopted account', async () => {
    await createNamespace()
    await writeAs(fixture.cluster, 'kubectl-annotate', theirAccount({}))
    await fixture.bind({ adopt: true })
    expect(await dryRun({ seen: await seen() })).toMatchObject({ changes: [{ action: 'unchanged' }] })
    expect(fixture.cluster.calls.all()).toEqual([])
  })

  it('reports a removed annotation as a difference, and one of others as an addition', async () => {
    await fixture.bind()
    const path = `/api/v1/namespaces/${fixture.namespace}/serviceaccounts/s3-reader?fieldManager=kubectl-annotate`
    const annotations = { 'eks.amazonaws.com/token-expiration': null, 'eks.amazonaws.com/audience': 'theirs' }
    const contentType = 'application/merge-patch+json'
    await send(fixture.cluster, `PATCH ${path}`, { body: { metadata: { annotations } }, contentType })
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

  it('reports the role that another manager has set, and the manager', async () => {
    await fixture.bind()
    await writeAs(fixture.cluster, 'kubectl-annotate', theirAccount({ 'eks.amazonaws.com/role-arn': otherRole }))
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

describe('a service account of another owner', () => {
  beforeEach(createNamespace)

  it('is refused without adopt', async () => {
    await writeAs(fixture.cluster, 'helm', theirAccount({}))
    fixture.cluster.calls.clear()

    await expect(fixture.bind()).rejects.toMatchObject({
      name: 'OwnershipConflict',
      object: `ServiceAccount ${fixture.namespace}/s3-reader`,
    })
    expect(writesTo(fixture.cluster)).toEqual([])
  })

  it('is adopted from kubectl with another role', async () => {
    await writeAs(fixture.cluster, 'kubectl-annotate', theirAccount({ 'eks.amazonaws.com/role-arn': otherRole }))

    expect(await fixture.bind({ adopt: true })).toMatchObject({ changes: [{ action: 'adopted' }] })
    expect((await account())?.metadata.annotations).toMatchObject({ 'eks.amazonaws.com/role-arn': roleArn })
  })

  it('is refused with the role of a manager other than kubectl, and the error names both', async () => {
    await writeAs(fixture.cluster, 'helm', theirAccount({ 'eks.amazonaws.com/role-arn': otherRole }))
    fixture.cluster.calls.clear()

    await expect(fixture.bind({ adopt: true })).rejects.toMatchObject({
      name: 'FieldConflict',
      reason: `its annotation eks.amazonaws.com/role-arn names ${otherRole}, set by helm`,
    })
    expect(writesTo(fixture.cluster)).toEqual([])
  })

  it.each(['kubectl-annotate', 'helm'])(
    'is bound again when the annotation that %s has set is removed',
    async (manager) => {
      await fixture.bind()
      await writeAs(fixture.cluster, manager, theirAccount({ 'eks.amazonaws.com/role-arn': otherRole }))
      await expect(fixture.bind()).rejects.toMatchObject({
        action: expect.stringContaining(
          `kubectl annotate serviceaccount -n ${fixture.namespace} s3-reader eks.amazonaws.com/role-arn-`,
        ),
      })
      const path = `/api/v1/namespaces/${fixture.namespace}/serviceaccounts/s3-reader?fieldManager=kubectl-annotate`
      const body = { metadata: { annotations: { 'eks.amazonaws.com/role-arn': null } } }
      await send(fixture.cluster, `PATCH ${path}`, { body, contentType: 'application/merge-patch+json' })

      expect(await fixture.bind()).toMatchObject({ changes: [{ action: 'updated' }] })
      expect((await account())?.metadata.annotations).toMatchObject({ 'eks.amazonaws.com/role-arn': roleArn })
    },
  )
})

/** Only the emulated cluster can lose responses. */
describe('an interrupted run', () => {
  const emulated = fixture.beside((clusters) => clusters.emulate('failing', { behindBastion: true }))
  beforeEach(() => emulated.cluster.faults.clear())

  it.each(['Namespace', 'ServiceAccount'])('after the write of the %s is completed by a second run', async (kind) => {
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
