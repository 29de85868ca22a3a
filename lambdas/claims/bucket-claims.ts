/** Reads and writes the claims of discovery buckets. */
import { randomUUID } from 'node:crypto'
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { ConcurrentChange } from '../errors/step-errors.ts'
import { hasEnded, operationItem } from '../operations/record.ts'
import type { Write } from '../operations/table.ts'
import { type ConditionalAction, conditionally, getItems, keys, table } from '../operations/table.ts'
import { setting } from '../settings.ts'
import {
  type BucketClaim,
  type BucketTerms,
  type BucketUser,
  bucketClaim,
  isOnlyOn,
  otherUsers,
  termsOf,
} from './bucket-claim.ts'
import { bucketResource, claimKey } from './claim.ts'

/** A claim as it was read, without what operations asked for that have ended. */
export interface ReadClaim extends BucketClaim {
  /** The names of the other clusters that hold nothing, and whose operation has ended: they are no users any more. */
  readonly lapsed: readonly string[]
}

/**
 * The claim of a bucket; undefined when it has none.
 *
 * @param cluster whose own request stays in any case
 * @throws {StepError} when a call fails
 */
export async function readBucketClaim(bucket: string, cluster: string): Promise<ReadClaim | undefined> {
  const [item] = await getItems([claimKey(bucketResource(bucket))])
  return item && withoutLapsed(bucketClaim.parse(item), cluster)
}

async function withoutLapsed(claim: BucketClaim, cluster: string): Promise<ReadClaim> {
  const asking = otherUsers(claim, cluster).filter((user) => claim.users[user]?.requested)
  if (asking.length === 0) return { ...claim, lapsed: [] }
  const operations = await getItems(
    asking.map((user) => keys.operation(claim.users[user]?.requested?.operationId ?? '')),
  )
  const ended = asking.filter((_, index) => !isRunning(operations[index]))
  const lapsed = ended.filter((user) => !claim.users[user]?.held)
  const users = Object.entries(claim.users)
    .filter(([user]) => !lapsed.includes(user))
    .map(([user, { requested, held }]) => {
      return [user, { ...(held && { held }), ...(requested && !ended.includes(user) && { requested }) }] as const
    })
  return { ...claim, users: Object.fromEntries(users), lapsed }
}

function isRunning(item: Record<string, unknown> | undefined): boolean {
  return item !== undefined && !hasEnded(operationItem.parse(item).status)
}

/** An expression has 4 KB at most. What is left is taken out by the next write. */
const mostLapsed = 20

/**
 * The write by which an operation of a cluster asks for the bucket, on the condition that what was decided from the claim that was
 * read still holds. Clusters on the same terms do not hinder each other.
 *
 * @param read undefined when the bucket has no claim
 */
export function joiningWrite(
  bucket: string,
  read: ReadClaim | undefined,
  { cluster, user }: { readonly cluster: string; readonly user: BucketUser },
): Write {
  const resource = bucketResource(bucket)
  const TableName = setting('TABLE_NAME')
  const users = { ...read?.users, [cluster]: user }
  const next = { revision: randomUUID(), terms: termsOf(users) }
  if (!read) {
    const Item = { ...claimKey(resource), ...resource, ...next, users }
    return { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } }
  }
  // A step of a lapsed operation may still run: it then finds that its cluster is no longer a user, or has held the bucket first.
  const names = read.lapsed.slice(0, mostLapsed)
  const lapsed = names.map((_, index) => `#users.#lapsed${index}`)
  const isSafe = user.requested === undefined || isOnlyOn(read, user.requested)
  const Update = {
    TableName,
    Key: claimKey(resource),
    UpdateExpression: [
      'SET #users.#cluster = :user, terms = :terms, revision = :revision',
      ...(lapsed.length > 0 ? [`REMOVE ${lapsed.join(', ')}`] : []),
    ].join(' '),
    ConditionExpression: [
      isSafe ? 'terms = :read' : 'revision = :read',
      ...lapsed.map((one) => `attribute_not_exists(${one}.held)`),
    ].join(' AND '),
    ExpressionAttributeNames: {
      '#users': 'users',
      '#cluster': cluster,
      ...Object.fromEntries(names.map((name, index) => [`#lapsed${index}`, name])),
    },
    ExpressionAttributeValues: {
      ':user': user,
      ':terms': next.terms,
      ':revision': next.revision,
      ':read': isSafe ? read.terms : read.revision,
    },
  }
  return { Update }
}

/** A cluster, and the terms on which it comes to hold a bucket. */
export interface Holding {
  readonly cluster: string
  readonly terms: BucketTerms
  /** Whether the policy of the bucket gets the grant of the cluster now. */
  readonly isGranted: boolean
}

/**
 * Records that the cluster holds the bucket: right before the bucket is made, labelled or granted. Gives back the revision.
 *
 * @throws {ConcurrentChange} when the cluster may no longer use the bucket on these terms
 */
export async function holdBucket(bucket: string, { cluster, terms, isGranted }: Holding): Promise<string> {
  const { account, role, project } = terms
  const revision = randomUUID()
  const allowed = ['held', 'requested'].map((part) => {
    const path = `#users.#cluster.${part}`
    return `(${path}.account = :account AND ${path}.#role = :role AND ${path}.#project = :project)`
  })
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key: claimKey(bucketResource(bucket)),
    UpdateExpression: `SET held = :true, #users.#cluster.held = :terms, revision = :revision${isGranted ? ', grants = list_append(if_not_exists(grants, :none), :granted)' : ''} REMOVE #users.#cluster.requested`,
    ConditionExpression: allowed.join(' OR '),
    ExpressionAttributeNames: { '#users': 'users', '#cluster': cluster, '#role': 'role', '#project': 'project' },
    ExpressionAttributeValues: {
      ':true': true,
      ':terms': { account, role, project },
      ':revision': revision,
      ':account': account,
      ':role': role,
      ':project': project,
      ...(isGranted && { ':none': [], ':granted': [{ account, role }] }),
    },
  })
  await unlessChanged(bucket, 'UpdateItem', table.send(command))
  return revision
}

/**
 * Takes back what {@link holdBucket} has recorded, when the bucket could not be made. Does nothing when somebody has written the
 * claim since.
 *
 * @param read the claim before
 * @param revision that of the claim since
 */
export async function giveUpBucket(
  bucket: string,
  cluster: string,
  { read, revision }: { readonly read: BucketClaim; readonly revision: string },
): Promise<void> {
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key: claimKey(bucketResource(bucket)),
    UpdateExpression: `SET #users.#cluster = :user, grants = :grants, revision = :next${read.held ? '' : ' REMOVE held'}`,
    ConditionExpression: 'revision = :revision',
    ExpressionAttributeNames: { '#users': 'users', '#cluster': cluster },
    ExpressionAttributeValues: {
      ':user': read.users[cluster] ?? {},
      ':grants': read.grants,
      ':next': randomUUID(),
      ':revision': revision,
    },
  })
  await conditionally('UpdateItem', table.send(command))
}

/**
 * Records what is left of the claim when a cluster has left the bucket.
 *
 * @throws {ConcurrentChange} when somebody else has written the claim since it was read
 */
export async function writeLeft(bucket: string, read: BucketClaim, left: BucketClaim): Promise<void> {
  const resource = bucketResource(bucket)
  const { held, users, grants } = left
  const next = { ...(held && { held }), users, grants, terms: termsOf(users), revision: randomUUID() }
  const command = new PutCommand({
    TableName: setting('TABLE_NAME'),
    Item: { ...claimKey(resource), ...resource, ...next },
    // The SDK sends a write again whose answer was lost.
    ConditionExpression: 'revision IN (:read, :next)',
    ExpressionAttributeValues: { ':read': read.revision, ':next': next.revision },
  })
  await unlessChanged(bucket, 'PutItem', table.send(command))
}

/**
 * Ends the claim of a bucket that is gone, or no longer one of ours.
 *
 * @throws {ConcurrentChange} when somebody else has written the claim since it was read
 */
export async function deleteBucketClaim(bucket: string, read: BucketClaim): Promise<void> {
  const command = new DeleteCommand({
    TableName: setting('TABLE_NAME'),
    Key: claimKey(bucketResource(bucket)),
    ConditionExpression: 'attribute_not_exists(pk) OR revision = :read',
    ExpressionAttributeValues: { ':read': read.revision },
  })
  await unlessChanged(bucket, 'DeleteItem', table.send(command))
}

async function unlessChanged(bucket: string, action: ConditionalAction, write: Promise<unknown>): Promise<void> {
  if (await conditionally(action, write)) return
  throw new ConcurrentChange({
    object: bucketResource(bucket).name,
    reason: 'another cluster claims or leaves the bucket at the same moment',
    action: 'Nothing to do if it passes: the step reads the claim again',
  })
}
