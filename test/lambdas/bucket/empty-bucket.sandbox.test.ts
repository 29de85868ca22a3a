import { beforeEach, describe, expect, test } from 'vitest'
import { description as createBucketDescription } from '../../../lambdas/bucket/create-bucket.step.ts'
import * as createBucket from '../../../lambdas/bucket/create-bucket.ts'
import { description } from '../../../lambdas/bucket/empty-bucket.step.ts'
import { run } from '../../../lambdas/bucket/empty-bucket.ts'
import { readBucketClaim } from '../../../lambdas/claims/bucket-claims.ts'
import { issuerResource } from '../../../lambdas/claims/claim.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { managementServiceAccount, project } from '../../../sandbox/google/project.ts'
import { newOperation } from '../../support/api/operations.ts'
import { setEnvironment } from '../../support/environment.ts'
import { googleAccount } from '../../support/google/google-account.ts'
import { own, useBucket } from '../../support/steps/claims.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const administrator = project.administrator

const sandbox = googleAccount()
let count = 0
let bucket: string

beforeEach(() => {
  count += 1
  bucket = `emptied-${count}`
})

const discovery = () => ({
  bucket,
  projectId: project.id,
  location: 'EU',
  managementServiceAccount,
  managementRole: 'roles/storage.objectAdmin' as const,
})

async function create(adopt = false) {
  await useBucket(bucket, 'prod', { account: managementServiceAccount })
  return createBucket.run(
    createBucketDescription.input.parse({ clusterName: 'prod', adopt, discovery: discovery() }),
    stepContext('prod'),
  )
}

const factsOf = (issuer: string) => {
  const issuerUrl = `https://storage.googleapis.com/${bucket}/${issuer}`
  return { issuerUrl, jwksUri: `${issuerUrl}/openid/v1/jwks` }
}

async function empty({ dryRun = false, known = true, earlier = [] as readonly string[] } = {}) {
  const arnOf = (issuer: string) => `arn:aws:iam::000000000000:oidc-provider/${factsOf(issuer).issuerUrl.slice(8)}`
  const status = { ...(known && { cluster: factsOf('gke-issuer-1') }), formerProviderArns: earlier.map(arnOf) }
  const request = description.input.parse({ clusterName: 'prod', discovery: discovery() })
  return (await run(request, stepContext('prod', 60_000, dryRun, status))).changes ?? []
}

async function publish(issuer: string): Promise<void> {
  for (const name of ['.well-known/openid-configuration', 'openid/v1/jwks']) await put(`${issuer}/${name}`)
}

const put = (name: string) =>
  sandbox.google.buckets.putObject(administrator, bucket, name, {
    body: Buffer.from('{}'),
    contentType: 'application/json',
    cacheControl: undefined,
  })

const policy = () => sandbox.google.buckets.policy(administrator, bucket, 3)
const objects = () => sandbox.google.buckets.objects(administrator, bucket)
const exists = () =>
  sandbox.google.buckets.get(administrator, bucket).then(
    () => true,
    () => false,
  )
const writes = () =>
  sandbox.google.calls
    .all()
    .filter(({ write }) => write)
    .map(({ operation }) => operation)

describe('the bucket of a deleted cluster', () => {
  test('is deleted with the documents of the cluster', async () => {
    await create()
    await publish('gke-issuer-1')
    sandbox.google.calls.clear()

    const listed = await empty({ dryRun: true })
    expect(writes()).toEqual([])
    const changes = await empty()
    expect(changes).toEqual([
      { object: `gs://${bucket}/gke-issuer-1/.well-known/openid-configuration`, action: 'deleted' },
      { object: `gs://${bucket}/gke-issuer-1/openid/v1/jwks`, action: 'deleted' },
      { object: `gs://${bucket}`, action: 'deleted' },
    ])
    expect(listed).toEqual(changes)
    expect(await exists()).toBe(false)
    expect(await empty()).toEqual([])
  })

  test('is kept with other objects, and the change names them', async () => {
    await create()
    await publish('gke-issuer-1')
    await put('somebody/elses')
    expect((await empty()).at(-1)).toMatchObject({
      action: 'unchanged',
      detail: expect.stringContaining('somebody/elses'),
    })
    expect(await objects()).toEqual(['somebody/elses'])
  })

  test('keeps its claim in a second run while it has other objects', async () => {
    await create()
    await put('somebody/elses')
    await empty()
    await empty()
    expect(await readBucketClaim(bucket, 'prod')).toMatchObject({ held: true, users: { prod: { held: {} } } })
    await create()
    expect(await readBucketClaim(bucket, 'prod')).toMatchObject({ grants: [{ account: managementServiceAccount }] })
  })

  test('loses its claim, and the changes are reported, when the response of the deletion of the claim was lost', async () => {
    await create()
    await publish('gke-issuer-1')
    await sandbox.aws.faults.add({ kind: 'drop-response', operation: 'dynamodb:DeleteItem', times: 1 })
    expect(await empty()).toHaveLength(3)
    expect(await readBucketClaim(bucket, 'prod')).toBeUndefined()
  })

  test('with other objects loses its grant, and the changes are reported, when the response of the write of the claim was lost', async () => {
    await create()
    await put('somebody/elses')
    await sandbox.aws.faults.add({ kind: 'drop-response', operation: 'dynamodb:PutItem', times: 1 })
    expect(await empty()).toMatchObject([{ action: 'updated' }, { action: 'unchanged' }])
    expect(await readBucketClaim(bucket, 'prod')).toMatchObject({ held: true, grants: [] })
  })

  test('is kept with the documents of another issuer with a similar name', async () => {
    await create()
    await publish('gke-issuer-1')
    await publish('gke-issuer-12')
    await empty()
    expect(await objects()).toEqual(['gke-issuer-12/.well-known/openid-configuration', 'gke-issuer-12/openid/v1/jwks'])
  })

  test('loses the documents of former issuers of the cluster, except those of an issuer that another cluster claims', async () => {
    await create()
    for (const issuer of ['gke-issuer-1', 'gke-issuer-0', 'gke-issuer-2']) await publish(issuer)
    const other = newOperation()
    await recordOperation(other)
    await own(other.operation.cluster, issuerResource(factsOf('gke-issuer-2').issuerUrl))
    await empty({ earlier: ['gke-issuer-0', 'gke-issuer-2'] })
    expect(await objects()).toEqual(['gke-issuer-2/.well-known/openid-configuration', 'gke-issuer-2/openid/v1/jwks'])
  })

  test('loses the grant of its account while another cluster uses it with another account', async () => {
    await create()
    await useBucket(bucket, 'other', { account: 'other@project.iam.gserviceaccount.com', held: true })
    const granted = { role: 'roles/storage.objectAdmin', members: [`serviceAccount:${managementServiceAccount}`] }
    expect((await policy()).bindings).toContainEqual(granted)
    const listed = await empty({ dryRun: true })
    expect((await policy()).bindings).toContainEqual(granted)
    expect(await empty()).toEqual(listed)
    expect((await policy()).bindings).not.toContainEqual(granted)
  })

  test('keeps the key set of another issuer, although the recorded facts of this cluster name it', async () => {
    await create()
    await publish('gke-issuer-2')
    const jwksUri = factsOf('gke-issuer-2').jwksUri
    await run(
      description.input.parse({ clusterName: 'prod', discovery: discovery() }),
      stepContext('prod', 60_000, false, { cluster: { ...factsOf('gke-issuer-1'), jwksUri } }),
    )
    expect(await objects()).toHaveLength(2)
  })

  test('with objects is an error if the issuer of the cluster is unknown, and is deleted when it is empty', async () => {
    await create()
    await put('gke-issuer-1/openid/v1/jwks')
    for (const dryRun of [true, false]) {
      const reported = {
        name: 'OwnershipConflict',
        object: `gs://${bucket}`,
        reason: expect.stringContaining('gke-issuer-1/openid'),
      }
      await expect(empty({ known: false, dryRun })).rejects.toMatchObject(reported)
    }
    await sandbox.google.buckets.deleteObject(administrator, bucket, 'gke-issuer-1/openid/v1/jwks')
    expect(await empty({ known: false })).toMatchObject([{ action: 'deleted' }])
  })

  test('is kept when another client creates an object at the last moment', async () => {
    await create()
    const fill = { operation: 'storage.objects.list', answer: 'sent' as const, meanwhile: () => put('late') }
    sandbox.google.faults.interrupt(fill)
    await expect(empty()).rejects.toMatchObject({ name: 'ConcurrentChange' })
    expect(await objects()).toEqual(['late'])
  })
})

describe('a bucket of another owner', () => {
  const createByHand = () =>
    sandbox.google.buckets.insert(administrator, project.id, bucket, {
      location: 'EU',
      labels: { team: 'data' },
      iamConfiguration: { uniformBucketLevelAccess: { enabled: true } },
    })

  test('is not changed when it belongs to another deployment, even with documents of the cluster', async () => {
    await create()
    await publish('gke-issuer-1')
    const restore = setEnvironment({ DEPLOYMENT: '000000000000/eu-west-1/Second' })
    sandbox.google.calls.clear()
    const changes = await empty()
    restore()
    expect(changes).toEqual([
      {
        object: `gs://${bucket}`,
        action: 'unchanged',
        detail: expect.stringMatching(/^it belongs to another deployment/),
      },
    ])
    expect(writes()).toEqual([])
  })

  test('that was adopted is kept without our labels and without the documents of the cluster', async () => {
    await createByHand()
    await create(true)
    await put('somebody/elses')
    await publish('gke-issuer-1')
    expect((await empty()).at(-1)).toMatchObject({ object: `gs://${bucket}`, action: 'updated' })
    const { labels } = await sandbox.google.buckets.get(administrator, bucket)
    expect(labels).toEqual({ team: 'data' })
    expect(await objects()).toEqual(['somebody/elses'])
    sandbox.google.calls.clear()
    expect(await empty()).toMatchObject([{ action: 'unchanged' }])
    expect(writes()).toEqual([])
  })
})
