import { beforeEach, expect } from 'vitest'
import { labelsFor } from '../../lambdas/bucket/bucket.ts'
import { description as createBucket } from '../../lambdas/bucket/create-bucket.step.ts'
import * as creation from '../../lambdas/bucket/create-bucket.ts'
import { description as emptyBucket } from '../../lambdas/bucket/empty-bucket.step.ts'
import * as removal from '../../lambdas/bucket/empty-bucket.ts'
import { deleteBucketClaim, readBucketClaim } from '../../lambdas/claims/bucket-claims.ts'
import { issuerResource } from '../../lambdas/claims/claim.ts'
import { bucketLabels } from '../../lambdas/ownership/labels.ts'
import { managementServiceAccount, project } from '../../sandbox/google/project.ts'
import { newOperation, recordNext } from '../support/api/operations.ts'
import { googleAccount } from '../support/google/google-account.ts'
import { own, useBucket } from '../support/steps/claims.ts'
import { deployment } from '../support/steps/deployment.ts'
import { stepContext } from '../support/steps/step-context.ts'
import { anotherCluster, testCells } from './cell-tests.ts'

const { administrator } = project
const sandbox = googleAccount()
let count = 0
let bucket = ''
beforeEach(() => {
  count += 1
  bucket = `owned-${count}`
})

interface Ask {
  readonly clusterName?: string
  readonly adopt?: boolean
  readonly dryRun?: boolean
  readonly terms?: { readonly managementServiceAccount?: string; readonly managementRole?: string }
}

const discovery = (terms: Ask['terms'] = {}) => ({
  ...{ bucket, projectId: project.id, location: 'EU', managementServiceAccount },
  ...terms,
})

/** Runs CreateBucket alone. The request of a setup records the cluster as a user of the bucket first. */
function createAsIs({ clusterName = 'prod', adopt = false, dryRun = false, terms = {} }: Ask = {}) {
  const request = createBucket.input.parse({ clusterName, adopt, discovery: discovery(terms) })
  return creation.run(request, stepContext(clusterName, 60_000, dryRun))
}

async function create(ask: Ask = {}) {
  await use(ask.clusterName)
  return createAsIs(ask)
}

const use = (clusterName = 'prod') => useBucket(bucket, clusterName, { account: managementServiceAccount })
const useAsAnother = (account = managementServiceAccount) => useBucket(bucket, anotherCluster, { account, held: true })

const issuerUrl = () => `https://storage.googleapis.com/${bucket}/gke-issuer-1`
function empty({ clusterName = 'prod', dryRun = false }: Ask = {}) {
  const status = { cluster: { issuerUrl: issuerUrl(), jwksUri: `${issuerUrl()}/openid/v1/jwks` } }
  const request = emptyBucket.input.parse({ clusterName, discovery: { ...discovery(), managementRole } })
  return removal.run(request, stepContext(clusterName, 60_000, dryRun, status))
}
const managementRole = 'roles/storage.objectAdmin'

const makeByHand = (labels: Readonly<Record<string, string>> = {}) =>
  sandbox.google.buckets.insert(administrator, project.id, bucket, {
    ...{ location: 'EU', labels, iamConfiguration: { uniformBucketLevelAccess: { enabled: true } } },
  })
async function publish(): Promise<void> {
  for (const path of ['.well-known/openid-configuration', 'openid/v1/jwks'])
    await sandbox.google.buckets.putObject(administrator, bucket, `gke-issuer-1/${path}`, {
      ...{ body: Buffer.from('{}'), contentType: 'application/json', cacheControl: undefined },
    })
}
const claim = () => readBucketClaim(bucket, 'prod')
async function loseClaim(): Promise<void> {
  const read = await claim()
  if (read) await deleteBucketClaim(bucket, read)
}
const documents = () => sandbox.google.buckets.objects(administrator, bucket)
const bucketNow = () => sandbox.google.buckets.get(administrator, bucket)
const policy = () => sandbox.google.buckets.policy(administrator, bucket, 3)
const writes = () =>
  sandbox.google.calls
    .all()
    .filter(({ write }) => write)
    .map(({ operation }) => operation)
const other = { clear: () => sandbox.google.calls.clear(), writes }
const clouds = { aws: sandbox.aws, other }

testCells('bucket', clouds, {
  CreateBucket: {
    bucket: {
      async own() {
        await create()
        const fields = { labels: { [bucketLabels.cluster]: null } }
        await sandbox.google.buckets.patch(administrator, bucket, { fields, ifMetageneration: null })
        expect(await create()).toMatchObject({ changes: [{ action: 'updated' }, { action: 'unchanged' }] })
      },
      async another(refuses) {
        await useAsAnother()
        await create({ clusterName: anotherCluster })
        for (const adopt of [true, false]) await refuses(`gs://${bucket}`, () => createAsIs({ adopt }))
        await use()
        const account = 'another@platform-prod.iam.gserviceaccount.com'
        for (const terms of [{ managementRole: 'roles/storage.admin' }, { managementServiceAccount: account }])
          await refuses(`gs://${bucket}`, () => createAsIs({ adopt: true, terms }))
        const calls = sandbox.google.calls.all().map(({ operation }) => operation)
        expect(calls.filter((operation) => operation.startsWith('storage.'))).toEqual([])
      },
      async labelled(refuses) {
        await makeByHand(labelsFor({ deployment, clusterName: 'prod' }))
        await use()
        for (const dryRun of [true, false]) await refuses(`gs://${bucket}`, () => createAsIs({ adopt: true, dryRun }))
      },
      async unlabelled() {
        await create()
        expect(await claim()).toMatchObject({ held: true, users: { prod: { held: {} } } })
        bucket = `${bucket}-by-hand`
        await makeByHand()
        expect(await create({ adopt: true })).toMatchObject({
          changes: [{ action: 'adopted' }, { action: 'updated' }],
        })
        expect(await claim()).toMatchObject({ held: true, users: { prod: { held: {} } } })
      },
      async shared() {
        await create({ clusterName: 'first' })
        sandbox.google.calls.clear()
        expect(await create()).toMatchObject({ changes: [{ action: 'unchanged' }, { action: 'unchanged' }] })
        expect((await bucketNow()).labels).toMatchObject({ [bucketLabels.cluster]: 'first' })
        expect(writes()).toEqual([])
        expect(await claim()).toMatchObject({ users: { first: { held: {} }, prod: { held: {} } } })
      },
      async race() {
        const clusters = ['first', 'second']
        for (const cluster of clusters) {
          // The running operation keeps this user: otherwise the next cluster replaces it.
          const running = newOperation({ cluster })
          expect(await recordNext(running)).toBe('recorded')
          const { operationId } = running.operation
          await useBucket(bucket, cluster, { account: managementServiceAccount, operationId })
        }
        await Promise.all(clusters.map((clusterName) => createAsIs({ clusterName })))
        expect(await claim()).toMatchObject({ held: true, users: { first: { held: {} }, second: { held: {} } } })
      },
    },
  },
  EmptyBucket: {
    bucket: {
      async own() {
        await create()
        expect(await empty()).toMatchObject({ changes: [{ action: 'deleted' }] })
        expect(await claim()).toBeUndefined()
      },
      async another() {
        await create({ clusterName: anotherCluster })
        await publish()
        const before = [await claim(), await bucketNow(), await policy(), await documents()]
        expect(await empty()).toMatchObject({
          changes: [{ action: 'unchanged', detail: expect.stringContaining('does not use it') }],
        })
        expect(await claim()).toMatchObject({ users: { [anotherCluster]: { held: {} } } })
        expect([await bucketNow(), await policy(), await documents()]).toEqual(before.slice(1))
      },
      async labelled(refuses) {
        await create()
        await publish()
        await loseClaim()
        for (const dryRun of [true, false]) await refuses(`gs://${bucket}`, () => empty({ dryRun }))
      },
      async unlabelled() {
        await makeByHand()
        await publish()
        sandbox.google.calls.clear()
        expect(await empty()).toMatchObject({ changes: [{ action: 'unchanged' }] })
        expect(writes()).toEqual([])
      },
      async shared() {
        await create()
        await useAsAnother()
        const before = await policy()
        expect(await empty()).toMatchObject({
          changes: [{ action: 'unchanged', detail: expect.stringContaining('another cluster') }],
        })
        expect(await policy()).toEqual(before)
        expect(Object.keys((await claim())?.users ?? {})).toEqual([anotherCluster])
        expect(await empty()).toMatchObject({ changes: [{ action: 'unchanged' }] })
      },
      async race() {
        await create()
        const meanwhile = () => useAsAnother()
        sandbox.google.faults.interrupt({ operation: 'storage.buckets.get', answer: 'sent', meanwhile })
        await expect(empty()).rejects.toMatchObject({ name: 'ConcurrentChange' })
        await empty()
        expect(Object.keys((await claim())?.users ?? {})).toEqual([anotherCluster])
      },
    },
    issuer: {
      async own() {
        await create()
        await publish()
        await own('prod', issuerResource(issuerUrl()))
        await useAsAnother()
        await empty()
        expect(await documents()).toEqual([])
      },
      async another() {
        await create()
        await publish()
        await own(anotherCluster, issuerResource(issuerUrl()))
        await empty()
        expect(await documents()).toHaveLength(2)
      },
      async unlabelled() {
        await create()
        await publish()
        expect(await empty()).toMatchObject({ changes: Array(3).fill({ action: 'deleted' }) })
      },
      async shared() {
        await create()
        await publish()
        await useAsAnother()
        await empty()
        expect(await documents()).toHaveLength(2)
      },
    },
  },
})
