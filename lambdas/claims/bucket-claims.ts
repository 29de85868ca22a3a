import { randomUUID } from 'node:crypto'
import { ConcurrentChange } from '../errors/step-errors.ts'
import { all, appended, attribute, where } from '../operations/record/expression.ts'
import { hasEnded, operationItem } from '../operations/record/record.ts'
import { getItems, keys } from '../operations/record/table.ts'
import { conditionally, put, remove, update, type Write } from '../operations/record/writes.ts'
import { type BucketClaim, type BucketTerms, type BucketUser, bucketClaim, isOnlyOn, termsOf } from './bucket-claim.ts'
import { bucketResource, claimKey } from './claim.ts'

/** A claim, without the requests of operations that have ended. */
export interface ReadClaim extends BucketClaim {
  /** The names of other clusters that hold nothing and whose operation has ended. They are no longer users. */
  readonly lapsed: readonly string[]
  /** The requests of other clusters that hold other terms, and whose operation has ended. They no longer count. */
  readonly outdated: readonly { readonly user: string; readonly operationId: string }[]
}

/**
 * The claim of a bucket; undefined when it has none.
 *
 * @param cluster the cluster whose request is never omitted
 * @throws {StepError} when a call fails
 */
export async function readBucketClaim(bucket: string, cluster: string): Promise<ReadClaim | undefined> {
  const [item] = await getItems([claimKey(bucketResource(bucket))])
  return item && withoutEnded(bucketClaim.parse(item), cluster)
}

/** The most ended requests that no longer count. A write removes them all, and an expression is limited to 4 KB. */
const mostRemoved = 20

async function withoutEnded(claim: BucketClaim, cluster: string): Promise<ReadClaim> {
  const requests = Object.entries(claim.users).flatMap(([user, { requested }]) =>
    requested && user !== cluster ? [{ user, operationId: requested.operationId }] : [],
  )
  if (requests.length === 0) return { ...claim, lapsed: [], outdated: [] }
  const operations = await getItems(requests.map(({ operationId }) => keys.operation(operationId)))
  const ended = requests.filter((_, index) => !isRunning(operations[index])).slice(0, mostRemoved)
  const lapsed = ended.flatMap(({ user }) => (claim.users[user]?.held ? [] : [user]))
  const outdated = ended.filter(({ user }) => claim.users[user]?.held)
  const users = Object.entries(claim.users)
    .filter(([user]) => !lapsed.includes(user))
    .map(([user, { requested, held }]) => {
      const isOutdated = outdated.some((one) => one.user === user)
      return [user, { ...(held && { held }), ...(requested && !isOutdated && { requested }) }] as const
    })
  return { ...claim, users: Object.fromEntries(users), lapsed, outdated }
}

function isRunning(item: Record<string, unknown> | undefined): boolean {
  return item !== undefined && !hasEnded(operationItem.parse(item).status)
}

/**
 * The write with which a cluster's operation requests the bucket, if the decision from the claim is still valid.
 * Clusters on the same terms do not conflict. It also removes the requests of operations that have ended: another
 * cluster may now use the bucket on terms that exclude them.
 *
 * @param read undefined when the bucket has no claim
 */
export function joiningWrite(
  bucket: string,
  read: ReadClaim | undefined,
  { cluster, user }: { readonly cluster: string; readonly user: BucketUser },
): Write {
  const resource = bucketResource(bucket)
  const key = claimKey(resource)
  const users = { ...read?.users, [cluster]: user }
  const next = { revision: randomUUID(), terms: termsOf(users) }
  if (!read) return put({ ...key, ...resource, ...next, users }, where`attribute_not_exists(pk)`)
  // A lapsed operation's step may still run: it finds that its cluster is no longer a user, or held the bucket first.
  const { lapsed, outdated } = read
  const requestOf = (name: string) => `users.${name}.requested`
  const isSafe = user.requested === undefined || isOnlyOn(read, user.requested)
  return update(
    key,
    {
      set: { ...next, [`users.${cluster}`]: user },
      remove: [...lapsed.map((name) => `users.${name}`), ...outdated.map((one) => requestOf(one.user))],
    },
    all(
      isSafe ? where`terms = ${read.terms}` : where`revision = ${read.revision}`,
      ...lapsed.map((name) => where`attribute_not_exists(${attribute(`users.${name}.held`)})`),
      ...outdated.map(({ user: name, operationId }) => {
        const [request, id] = [attribute(requestOf(name)), attribute(`${requestOf(name)}.operationId`)]
        return where`attribute_not_exists(${request}) OR ${id} = ${operationId}`
      }),
    ),
  )
}

/** A cluster, and the terms on which it will hold a bucket. */
export interface Holding {
  readonly cluster: string
  readonly terms: BucketTerms
  /** Whether the bucket's policy gets the grant of the cluster now. */
  readonly isGranted: boolean
}

/**
 * Records that the cluster holds the bucket, directly before it is created, labelled or granted. Returns the revision.
 *
 * @throws {ConcurrentChange} when the cluster may no longer use the bucket on these terms
 */
export async function holdBucket(bucket: string, { cluster, terms, isGranted }: Holding): Promise<string> {
  const { account, role, project } = terms
  const revision = randomUUID()
  const user = `users.${cluster}`
  const isOn = (path: string) => {
    const of = (field: keyof BucketTerms) => attribute(`${path}.${field}`)
    return where`(${of('account')} = ${account} AND ${of('role')} = ${role} AND ${of('project')} = ${project})`
  }
  const set = {
    held: true,
    [`${user}.held`]: { account, role, project },
    revision,
    grants: isGranted ? appended([{ account, role }]) : undefined,
  }
  const condition = where`${isOn(`${user}.held`)} OR ${isOn(`${user}.requested`)}`
  const write = update(claimKey(bucketResource(bucket)), { set, remove: [`${user}.requested`] }, condition)
  await unlessChanged(bucket, write)
  return revision
}

/**
 * Reverts {@link holdBucket} when the bucket could not be created. Does nothing when the claim was written since.
 *
 * @param read the claim before
 * @param revision of the claim after {@link holdBucket}
 */
export async function restoreBucketClaim(
  bucket: string,
  cluster: string,
  { read, revision }: { readonly read: BucketClaim; readonly revision: string },
): Promise<void> {
  const set = { [`users.${cluster}`]: read.users[cluster] ?? {}, grants: read.grants, revision: randomUUID() }
  const changes = { set, remove: read.held ? [] : ['held'] }
  await conditionally(update(claimKey(bucketResource(bucket)), changes, where`revision = ${revision}`))
}

/**
 * Records the claim after a cluster has left the bucket.
 *
 * @throws {ConcurrentChange} when the claim was written since the read
 */
export async function writeLeft(bucket: string, read: BucketClaim, left: BucketClaim): Promise<void> {
  const resource = bucketResource(bucket)
  const { held, users, grants } = left
  const next = { ...(held && { held }), users, grants, terms: termsOf(users), revision: randomUUID() }
  // The SDK repeats a write whose response was lost.
  const condition = where`revision IN (${read.revision}, ${next.revision})`
  await unlessChanged(bucket, put({ ...claimKey(resource), ...resource, ...next }, condition))
}

/**
 * Deletes the claim of a bucket that no longer exists, or is no longer managed.
 *
 * @throws {ConcurrentChange} when the claim was written since the read
 */
export async function deleteBucketClaim(bucket: string, read: BucketClaim): Promise<void> {
  const condition = where`attribute_not_exists(pk) OR revision = ${read.revision}`
  await unlessChanged(bucket, remove(claimKey(bucketResource(bucket)), condition))
}

async function unlessChanged(bucket: string, write: Write): Promise<void> {
  if (await conditionally(write)) return
  throw new ConcurrentChange({
    object: bucketResource(bucket).name,
    reason: 'another cluster claims or leaves the bucket at the same moment',
    action: 'Do nothing unless it recurs: the step reads the claim again',
  })
}
