import {
  type BucketClaim,
  type Departure,
  noClaim,
  otherUsers,
  withoutUser,
  withUserKept,
} from '../claims/bucket-claim.ts'
import { deleteBucketClaim, readBucketClaim, writeLeft } from '../claims/bucket-claims.ts'
import { bucketResource, issuerResource } from '../claims/claim.ts'
import { ownerOfEach } from '../claims/claims.ts'
import { unclaimed } from '../claims/refusal.ts'
import { type BucketClient, type BucketState, connectToBucket } from '../clouds/google/bucket-client.ts'
import { bucketPolicyOf, bucketUrl } from '../clouds/google/bucket-url.ts'
import { OwnershipConflict } from '../errors/step-errors.ts'
import { allIssuers } from '../operations/record/providers.ts'
import type { ClusterStatus } from '../operations/record/record.ts'
import { bucketLabels } from '../ownership/labels.ts'
import type { Change } from '../report/change.ts'
import { setting } from '../settings.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { otherDeploymentOf } from './bucket-deployment.ts'
import { maxObjects } from './bucket-exposure.ts'
import { managementGrant, withoutGrant } from './bucket-policy.ts'
import { bucketOwnership, discoveryObjects, objectUrl, ownLabels } from './bucket-removal.ts'
import { description } from './empty-bucket.step.ts'

/** The facts for the removal, in addition to the state of the bucket. */
interface Known {
  readonly name: string
  readonly clusterName: string
  /** Names of the documents that may be deleted. Undefined if no setup has found the cluster's issuer. */
  readonly documents: readonly string[] | undefined
  readonly isShared: boolean
  readonly departure: Departure
  readonly dryRun: boolean
}

/**
 * Removes a deleted cluster from the users of its bucket. Deletes the cluster's discovery documents, and the grant of
 * its management service unless another cluster needs that grant. When the last cluster leaves, deletes an empty bucket
 * that we created. An adopted bucket stays and loses our labels.
 *
 * @throws {OwnershipConflict} when a bucket with our label has no claim, or when a bucket that we created is not empty
 * and the cluster's documents are unknown
 */
export const run: StepRun<typeof description> = async ({ clusterName, discovery }, { dryRun, signal, status }) => {
  const { bucket: name, projectId } = discovery
  const credentialsSecret = setting('GOOGLE_CREDENTIALS_SECRET')
  const [client, claim] = await Promise.all([
    connectToBucket({ name, projectId, credentialsSecret }, signal),
    readBucketClaim(name, clusterName),
  ])
  const state = await client.read()
  const foreign = state && reasonForeign(state)
  const why = state && (foreign ?? reasonToStay(claim, { name, clusterName }))
  const isShared = claim !== undefined && otherUsers(claim, clusterName).length > 0
  const documents = await documentsIn(name, status, { clusterName, isShared })
  const known = {
    name,
    clusterName,
    documents,
    isShared,
    departure: withoutUser(claim ?? noClaim, clusterName),
    dryRun,
  }
  const { changes, isGone } =
    why === undefined && state
      ? await remove(client, state, known)
      : { changes: unchanged(name, why), isGone: state === undefined || foreign !== undefined }
  if (claim && !dryRun) await leave(claim, known, isGone)
  return { output: {}, changes }
}

export const handler = step(description, run)

/** Returns the reason why the bucket is not of this deployment, or undefined. A foreign bucket loses its claim. */
function reasonForeign(state: BucketState): string | undefined {
  const other = otherDeploymentOf(state, setting('DEPLOYMENT'))
  if (other !== undefined) return `it belongs to another deployment (${other}), and stays`
  return bucketOwnership(state) === 'theirs' ? 'it was not made by workload-identity, and stays' : undefined
}

/**
 * The reason why the cluster may remove nothing from a bucket of ours, or undefined.
 *
 * @throws {OwnershipConflict} when the bucket has no claim
 */
function reasonToStay(
  claim: BucketClaim | undefined,
  { name, clusterName }: { readonly name: string; readonly clusterName: string },
): string | undefined {
  if (!claim) throw unclaimed(clusterName, bucketResource(name))
  return claim.users[clusterName] ? undefined : 'the cluster does not use it, and it stays'
}

/**
 * Returns the documents of the cluster's issuers, except issuers that another cluster owns. In a shared bucket, the
 * cluster must own the issuer, because an issuer that a management cluster reports is not proven.
 */
async function documentsIn(
  bucket: string,
  status: ClusterStatus,
  { clusterName, isShared }: { readonly clusterName: string; readonly isShared: boolean },
): Promise<readonly string[] | undefined> {
  const issuers = allIssuers(status)
  if (issuers.length === 0) return undefined
  const owners = await ownerOfEach(issuers.map(issuerResource))
  const own = issuers.filter((_, index) => owners[index] === clusterName || (owners[index] === undefined && !isShared))
  return own.flatMap((issuerUrl) => discoveryObjects(bucket, issuerUrl))
}

async function remove(client: BucketClient, state: BucketState, known: Known) {
  const documents = await removeDocuments(client, known)
  const { changes, isGone } = await removeBucket(client, state, known)
  return { changes: [...documents, ...changes], isGone }
}

async function removeDocuments(client: BucketClient, { name, documents = [], dryRun }: Known): Promise<Change[]> {
  const removed = await Promise.all(
    documents.map(async (document): Promise<Change[]> => {
      const isThere = dryRun
        ? (await client.objects(maxObjects)).includes(document)
        : await client.deleteObject(document)
      return isThere ? [{ object: objectUrl(name, document), action: 'deleted' }] : []
    }),
  )
  return removed.flat()
}

/** Removes the grant that we added for the management service, if no other cluster needs it. */
async function removeGrant(client: BucketClient, { name, departure, dryRun }: Known): Promise<Change[]> {
  if (!departure.grant) return []
  const policy = await client.readPolicy()
  const grant = managementGrant(departure.grant)
  const without = policy && withoutGrant(policy, grant)
  if (!without) return []
  if (!dryRun) await client.writePolicy(without)
  return [{ object: bucketPolicyOf(name), action: 'updated', detail: `${grant.role} no longer to ${grant.member}` }]
}

/** The changes of the bucket, and whether it is no longer ours. */
interface Removed {
  readonly changes: Change[]
  readonly isGone: boolean
}

async function removeBucket(client: BucketClient, state: BucketState, known: Known): Promise<Removed> {
  const { name, documents = [], dryRun } = known
  if (known.isShared) return stays(client, known, 'it stays: another cluster publishes there, too')
  if (bucketOwnership(state) === 'adopted') return releaseAdopted(client, state, known)
  const remaining = (await client.objects(maxObjects)).filter((object) => !(dryRun && documents.includes(object)))
  if (remaining.length > 0 && !known.documents) throw notKnownWhose(name, remaining)
  if (remaining.length > 0)
    return stays(client, known, `it stays: there is more in it: ${remaining.slice(0, 5).join(', ')}`)
  if (!dryRun) await client.delete()
  return { changes: [{ object: bucketUrl(name), action: 'deleted' }], isGone: true }
}

/** Removes the labels last, because a retry after a crash would change nothing in a bucket without labels. */
async function releaseAdopted(client: BucketClient, state: BucketState, known: Known): Promise<Removed> {
  const granted = await removeGrant(client, known)
  // The write of the policy changes the metageneration of the bucket, so the state must be read again.
  const now = granted.length > 0 && !known.dryRun ? await client.read() : state
  if (now && !known.dryRun) await client.removeLabels(now, ownLabels(now))
  return {
    changes: [...granted, { object: bucketUrl(known.name), action: 'updated', detail: staysAdopted }],
    isGone: true,
  }
}

const staysAdopted = 'others created it: it loses our labels, and stays'

function unchanged(name: string, detail: string | undefined): Change[] {
  return detail === undefined ? [] : [{ object: bucketUrl(name), action: 'unchanged', detail }]
}

/**
 * Updates or deletes the claim. This is the last write, so that a retry after a crash still finds the cluster's
 * documents. The cluster remains a user of a bucket of ours that is not empty and has no other users.
 */
async function leave(read: BucketClaim, known: Known, isGone: boolean): Promise<void> {
  const { name, clusterName, departure, isShared } = known
  if (isShared) return writeLeft(name, read, departure.claim)
  return isGone ? deleteBucketClaim(name, read) : writeLeft(name, read, withUserKept(read, clusterName))
}

/** The objects may be the cluster's documents, and no later step would find them. */
function notKnownWhose(name: string, remaining: readonly string[]): OwnershipConflict {
  return new OwnershipConflict({
    object: bucketUrl(name),
    reason: `it stays: no issuer of the cluster is recorded, so the cluster's documents are unknown, and it contains objects: ${remaining.slice(0, 5).join(', ')}`,
    action: `Delete the documents of the cluster and send the teardown again; to keep the bucket, first remove its label ${bucketLabels.managedBy}`,
  })
}

async function stays(client: BucketClient, known: Known, detail: string): Promise<Removed> {
  const granted = await removeGrant(client, known)
  return { changes: [...granted, { object: bucketUrl(known.name), action: 'unchanged', detail }], isGone: false }
}
