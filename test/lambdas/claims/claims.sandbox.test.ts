import { createHash, randomUUID, X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isUserOn, noClaim, termsOf, userFor, withoutUser } from '../../../lambdas/claims/bucket-claim.ts'
import {
  holdBucket,
  joiningWrite,
  type ReadClaim,
  readBucketClaim,
  restoreBucketClaim,
  writeLeft,
} from '../../../lambdas/claims/bucket-claims.ts'
import {
  bucketResource,
  claimKey,
  issuerResource,
  managementResource,
  type Resource,
  roleResource,
} from '../../../lambdas/claims/claim.ts'
import {
  claimStatesOf,
  claimsOf,
  hold,
  ownerOfEach,
  recordedOwner,
  release,
  requireOwn,
} from '../../../lambdas/claims/claims.ts'
import { where } from '../../../lambdas/operations/record/expression.ts'
import * as operations from '../../../lambdas/operations/record/operations.ts'
import { keys, table } from '../../../lambdas/operations/record/table.ts'
import { remove } from '../../../lambdas/operations/record/writes.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { newOperation, recordNext } from '../../support/api/operations.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'
import { throttleOnce } from '../../support/aws/throttle.ts'
import { own, useBucket } from '../../support/steps/claims.ts'

awsAccount()
let count = 0
let resource: Resource

beforeAll(async () => {
  for (const cluster of ['a', 'b']) await recordOperation(newOperation({ cluster }))
})
beforeEach(() => {
  count += 1
  resource = issuerResource(`https://issuer.example/${count}`)
})

/** Calls `act` between the first transaction and the second. */
function beforeSecondTransaction(act: () => Promise<unknown>) {
  let transactions = 0
  const name = 'between'
  table.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'TransactWriteItemsCommand') transactions += 1
        if (transactions === 2) await act()
        return next(args)
      },
    { step: 'initialize', name },
  )
  return { end: () => table.middlewareStack.remove(name) }
}

const other = () => issuerResource(`https://issuer.example/other-${count}`)

describe('a resource', () => {
  it('belongs to the first cluster that claims it, and the refusal of others does not name that cluster', async () => {
    await own('a', resource)
    await own('a', resource)
    await expect(hold([resource], { cluster: 'b' })).rejects.toMatchObject({
      name: 'OwnershipConflict',
      object: resource.name,
      reason: expect.not.stringMatching(/cluster a\b/),
    })
    expect(await ownerOfEach([resource])).toEqual(['a'])
  })

  it('is claimed with all others of a call, or with none', async () => {
    await own('a', resource)
    await expect(hold([other(), resource], { cluster: 'b' })).rejects.toMatchObject({ name: 'OwnershipConflict' })
    expect(await ownerOfEach([other(), resource])).toEqual([undefined, 'a'])
  })

  it('is not claimed by a dry run, which fails when another cluster owns it', async () => {
    await hold([resource], { cluster: 'a', dryRun: true })
    expect(await ownerOfEach([resource])).toEqual([undefined])
    await own('a', resource)
    await expect(hold([resource], { cluster: 'b', dryRun: true })).rejects.toMatchObject({ name: 'OwnershipConflict' })
  })

  it('is claimed by one of many clusters at the same moment', async () => {
    const clusters = ['c', 'd', 'e', 'f', 'g']
    for (const cluster of clusters) await recordOperation(newOperation({ cluster }))
    const claimed = await Promise.allSettled(clusters.map((cluster) => hold([resource], { cluster })))
    const winners = claimed.flatMap(({ status }, index) => (status === 'fulfilled' ? [clusters[index]] : []))
    expect(winners).toHaveLength(1)
    expect(await ownerOfEach([resource])).toEqual(winners)
  })

  it('of a cluster that is no longer recorded is claimed by the next cluster', async () => {
    await own('gone', resource)
    expect(await recordedOwner(resource)).toBeUndefined()
    expect(await claimStatesOf([resource], { cluster: 'b' })).toEqual(['unclaimed'])
    await hold([resource], { cluster: 'b' })
    expect(await ownerOfEach([resource])).toEqual(['b'])
    expect(await claimsOf('gone')).not.toContainEqual(claimKey(resource))
    expect(await claimsOf('b')).toContainEqual(claimKey(resource))
  })

  it('of a cluster that is no longer recorded is claimed with one that the cluster already owns', async () => {
    await own('a', resource)
    await own('gone', other())
    await hold([resource, other()], { cluster: 'a' })
    expect(await ownerOfEach([resource, other()])).toEqual(['a', 'a'])
  })

  it('of a cluster that is recorded again during a claim by another stays with it', async () => {
    const returning = `returning-${count}`
    await own(returning, resource)
    const recorded = beforeSecondTransaction(() => recordOperation(newOperation({ cluster: returning })))
    await expect(hold([resource], { cluster: 'b' })).rejects.toMatchObject({ name: 'ConcurrentChange' })
    recorded.end()
    expect(await ownerOfEach([resource])).toEqual([returning])
  })

  it('is not claimed when the record of the cluster cannot be written with it', async () => {
    const unchanged = remove(keys.cluster('a'), where`attribute_not_exists(pk)`)
    await expect(hold([resource], { cluster: 'a' }, unchanged)).rejects.toMatchObject({ name: 'ConcurrentChange' })
    expect(await ownerOfEach([resource])).toEqual([undefined])
  })

  it('may be changed only by its owner', async () => {
    await expect(requireOwn([resource], { cluster: 'a' })).rejects.toMatchObject({
      action: expect.stringContaining('npm run deployment -- recover'),
    })
    await own('a', resource)
    await requireOwn([resource], { cluster: 'a' })
    await expect(requireOwn([resource], { cluster: 'b' })).rejects.toMatchObject({
      reason: expect.stringContaining('another cluster'),
    })
  })

  it('is released only by its owner', async () => {
    await own('a', resource)
    await release(resource, 'b')
    expect(await ownerOfEach([resource])).toEqual(['a'])
    await release(resource, 'a')
    expect(await ownerOfEach([resource])).toEqual([undefined])
  })
})

it('roles are the same whatever their path and their case, and differ by account', () => {
  const role = (arn: string) => roleResource(arn).name
  expect(role('arn:aws:iam::1:role/a/b/Name')).toBe(role('arn:aws:iam::1:role/name'))
  expect(role('arn:aws:iam::1:role/name')).not.toBe(role('arn:aws:iam::2:role/name'))
})

// Claims are stored by these names: with another name, a release would not find the claims of the release before it.
it('a role is named by its account and its name in lower case, without its path', () => {
  expect(roleResource('arn:aws:iam::1:role/a/b/Name').name).toBe('arn:aws:iam::1:role/name')
})

it('an object of a management cluster is named with the fingerprint of the authority in lower case', () => {
  const [authorities = ''] = rootCertificates
  const fingerprint = createHash('sha256').update(new X509Certificate(authorities).raw).digest('hex')
  expect(managementResource({ authorities }, 'AWSCluster default/prod').name).toBe(
    `AWSCluster default/prod on the management cluster with the authority ${fingerprint}`,
  )
})

describe('a bucket', () => {
  const bucket = () => `bucket-${count}`
  const account = 'one@p.iam.gserviceaccount.com'
  const terms = { project: 'platform-prod', account, role: 'roles/storage.objectAdmin' }
  /** Requests the bucket for the cluster, by a decision from the claim as it was read. */
  const join = (read: ReadClaim | undefined, cluster: string, requested: typeof terms) => {
    const user = userFor(read ?? noClaim, cluster, { ...requested, operationId: 'o' })
    return table.send(new TransactWriteCommand({ TransactItems: [joiningWrite(bucket(), read, { cluster, user })] }))
  }

  it('that a cluster requested is free when its operation ended before it held the bucket, and not while the operation runs', async () => {
    const running = newOperation({ cluster: 'h' })
    expect(await recordNext(running)).toBe('recorded')
    const { operationId } = running.operation
    await useBucket(bucket(), 'h', { account, operationId })
    expect((await readBucketClaim(bucket(), 'b'))?.users).toHaveProperty('h')
    await operations.endOperation(running.operation, { status: 'failed' })
    expect(await readBucketClaim(bucket(), 'b')).toMatchObject({ users: {}, lapsed: ['h'] })

    await useBucket(bucket(), 'b', { account: 'two@p.iam.gserviceaccount.com' })
    await expect(holdBucket(bucket(), { cluster: 'h', terms, isGranted: true })).rejects.toMatchObject({
      name: 'ConcurrentChange',
    })
    expect(Object.keys((await readBucketClaim(bucket(), 'b'))?.users ?? {})).toEqual(['b'])
  })

  it('that a step of an ended operation and another cluster claim at the same moment gets one user', async () => {
    await useBucket(bucket(), 'h', { account, operationId: 'gone' })
    const joining = useBucket(bucket(), 'b', { account: 'two@p.iam.gserviceaccount.com' })
    await Promise.allSettled([holdBucket(bucket(), { cluster: 'h', terms, isGranted: true }), joining])
    const users = Object.keys((await readBucketClaim(bucket(), 'b'))?.users ?? {})
    expect(users).toHaveLength(1)
  })

  it('that the step of an ended operation holds since it was read keeps this cluster as a user when another joins', async () => {
    await useBucket(bucket(), 'h', { account, operationId: 'gone' })
    const read = await readBucketClaim(bucket(), 'b')
    expect(read?.lapsed).toEqual(['h'])
    await holdBucket(bucket(), { cluster: 'h', terms, isGranted: true })
    await expect(join(read, 'b', terms)).rejects.toMatchObject({ name: 'TransactionCanceledException' })
    expect((await readBucketClaim(bucket(), 'b'))?.users).toMatchObject({ h: { held: terms } })
  })

  it('stays with its holder when a setup with another account ends before it holds the bucket', async () => {
    await useBucket(bucket(), 'h', { account, held: true })
    await useBucket(bucket(), 'h', { account: 'new@p.iam.gserviceaccount.com', operationId: 'ended' })
    expect(await readBucketClaim(bucket(), 'b')).toMatchObject({ users: { h: { held: terms } }, lapsed: [] })
  })

  it('is not claimed when another cluster has joined since the decision', async () => {
    await useBucket(bucket(), 'h', { account, held: true })
    const read = await readBucketClaim(bucket(), 'b')
    await useBucket(bucket(), 'i', { account })
    const refused = { name: 'TransactionCanceledException' }
    const others = { ...terms, account: 'evil@p.iam.gserviceaccount.com' }
    // The decision of the holder is outdated, too.
    for (const cluster of ['b', 'h']) await expect(join(read, cluster, others)).rejects.toMatchObject(refused)
    await join(read, 'b', terms)
    expect(Object.keys((await readBucketClaim(bucket(), 'b'))?.users ?? {})).toContain('b')
  })

  it('is not said to belong to another cluster when a write is throttled', async () => {
    throttleOnce()
    await expect(hold([resource], { cluster: 'a' })).rejects.not.toMatchObject({ name: 'OwnershipConflict' })
    await hold([resource], { cluster: 'a' })
    expect(await ownerOfEach([resource])).toEqual(['a'])
  })

  it('without a claim is not claimed when another cluster has claimed it since the decision', async () => {
    await useBucket(bucket(), 'h', { account, held: true })
    await expect(join(undefined, 'b', terms)).rejects.toMatchObject({ name: 'TransactionCanceledException' })
    expect(Object.keys((await readBucketClaim(bucket(), 'b'))?.users ?? {})).toEqual(['h'])
  })

  it('that a holder requested on other terms is refused to the holder when another cluster has joined since', async () => {
    const others = { ...terms, account: 'new@p.iam.gserviceaccount.com' }
    await useBucket(bucket(), 'h', { account, held: true })
    await useBucket(bucket(), 'h', { account: others.account, operationId: 'ended' })
    expect(isUserOn((await readBucketClaim(bucket(), 'h')) ?? noClaim, 'h', others)).toBe(true)
    await useBucket(bucket(), 'b', { account, held: true })
    expect(isUserOn((await readBucketClaim(bucket(), 'h')) ?? noClaim, 'h', others)).toBe(false)
    await expect(holdBucket(bucket(), { cluster: 'h', terms: others, isGranted: true })).rejects.toMatchObject({
      name: 'ConcurrentChange',
    })
  })

  it('keeps a request that a holder has made since the decision of another cluster', async () => {
    await useBucket(bucket(), 'h', { account, held: true })
    await useBucket(bucket(), 'h', { account: 'new@p.iam.gserviceaccount.com', operationId: 'ended' })
    const read = await readBucketClaim(bucket(), 'b')
    await useBucket(bucket(), 'h', { account: 'new@p.iam.gserviceaccount.com', operationId: 'next' })
    await expect(join(read, 'b', terms)).rejects.toMatchObject({ name: 'TransactionCanceledException' })
  })

  it('can be joined, however many setups of others ended before they held it', async () => {
    const operationId = randomUUID()
    const ofMany = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [
        `team-${index}`.padEnd(63, 'x'),
        { ...(index % 2 && { held: terms }), requested: { ...terms, operationId } },
      ]),
    )
    const users = { prod: { held: terms }, ...ofMany }
    const item = { ...claimKey(bucketResource(bucket())), revision: 'r', terms: termsOf(users), users, grants: [] }
    await table.send(new PutCommand({ TableName: process.env.TABLE_NAME, Item: item }))
    const read = await readBucketClaim(bucket(), 'prod')
    expect([...(read?.lapsed ?? []), ...(read?.outdated ?? [])]).toHaveLength(20)
    const write = joiningWrite(bucket(), read, { cluster: 'prod', user: { held: terms } })
    const Update = 'Update' in write ? write.Update : undefined
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
    expect(Update?.ConditionExpression?.length).toBeLessThanOrEqual(4096)
    expect(Update?.UpdateExpression?.length).toBeLessThanOrEqual(4096)
  })

  it('that could not be created is only requested again, with the grants from before', async () => {
    await useBucket(bucket(), 'h', { account })
    const read = (await readBucketClaim(bucket(), 'h')) ?? noClaim
    const revision = await holdBucket(bucket(), { cluster: 'h', terms, isGranted: true })
    await restoreBucketClaim(bucket(), 'h', { read, revision })
    const { held, users, grants } = (await readBucketClaim(bucket(), 'h')) ?? noClaim
    expect({ held, users, grants }).toEqual({ held: read.held, users: read.users, grants: [] })
  })

  it('that could not be created stays held when another cluster has held it meanwhile', async () => {
    for (const name of ['h', 'i']) await useBucket(bucket(), name, { account, held: true })
    const read = (await readBucketClaim(bucket(), 'h')) ?? noClaim
    const revision = await holdBucket(bucket(), { cluster: 'h', terms, isGranted: true })
    await holdBucket(bucket(), { cluster: 'i', terms, isGranted: false })
    const before = await readBucketClaim(bucket(), 'h')
    await restoreBucketClaim(bucket(), 'h', { read, revision })
    expect(await readBucketClaim(bucket(), 'h')).toEqual(before)
  })

  it('keeps a cluster that has joined since another one that leaves has read the claim', async () => {
    await useBucket(bucket(), 'h', { account, held: true })
    const read = (await readBucketClaim(bucket(), 'h')) ?? noClaim
    await useBucket(bucket(), 'i', { account, held: true })
    const left = withoutUser(read, 'h').claim
    await expect(writeLeft(bucket(), read, left)).rejects.toMatchObject({ name: 'ConcurrentChange' })
    expect((await readBucketClaim(bucket(), 'h'))?.users).toHaveProperty('i')
  })

  it('has all users and grants of clusters that hold it at the same moment', async () => {
    const names = ['h', 'i', 'j']
    for (const name of names) await useBucket(bucket(), name, { account, held: true })
    await Promise.all(names.map((cluster) => holdBucket(bucket(), { cluster, terms, isGranted: true })))
    const claim = await readBucketClaim(bucket(), 'h')
    expect(Object.values(claim?.users ?? {}).map(({ held }) => held)).toEqual([terms, terms, terms])
    expect(claim?.grants).toContainEqual({ account, role: terms.role })
    expect(claimKey(bucketResource(bucket())).pk).toContain(bucket())
  })
})
