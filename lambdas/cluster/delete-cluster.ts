import type * as z from 'zod/mini'
import { managementResource } from '../claims/claim.ts'
import { claimStatesOf } from '../claims/claims.ts'
import type { ClusterClient, CustomObject } from '../clouds/kubernetes/cluster-client.ts'
import { displayName, type ObjectOwner, type ObjectRef } from '../clouds/kubernetes/object.ts'
import { allDone } from '../errors/attempts.ts'
import { type RecordedError, recorded } from '../errors/recorded.ts'
import { OwnershipConflict } from '../errors/step-errors.ts'
import { connectToManagement } from '../objects/connect.ts'
import { releaseObject, removeObject, withConflictRetries } from '../objects/remove.ts'
import type { ClusterFacts, ClusterLocation } from '../operations/record/record.ts'
import { type ObjectOwnership, objectOwnershipOf } from '../ownership/kubernetes-removal.ts'
import type { Change } from '../report/change.ts'
import type { StepResult, StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { awsClusterRef, isPoolOf, poolType } from './aws-cluster.ts'
import { description } from './delete-cluster.step.ts'
import { isAtRecordedLocation, locationIn, notAtRecordedLocation, observedAt } from './location.ts'

type Input = z.output<typeof description.input>

interface Observed {
  readonly ref: ObjectRef
  readonly live: CustomObject
  readonly ownership: ObjectOwnership
}

interface Gone {
  /** Whether the cluster no longer exists. In a dry run, whether it would no longer exist. */
  readonly gone: boolean
  /** The reason why it is unknown whether the cluster is gone. */
  readonly remaining?: readonly RecordedError[]
}

/**
 * Deletes the cluster's node pools and then the cluster. Each run observes once, and reports the reason to wait until
 * all objects are gone. Adopted objects stay and lose our ownership labels. Objects of other owners do not change.
 *
 * @throws {OwnershipConflict} before the first write, when another cluster owns one of the objects, or when a node pool
 * that is not ours would lose its cluster
 */
export const run: StepRun<typeof description> = async (request, { dryRun, signal, status }) => {
  const { clusterName, management } = request
  const client = await connectToManagement(management, clusterName, signal)
  const location = locationIn(client, management)
  const result = await removeFrom(client, request, { location, dryRun })
  return goneOnlyAtRecordedLocation(result, { clusterName, facts: status.cluster }, location)
}

export const handler = step(description, run)

async function removeFrom(
  client: ClusterClient,
  { clusterName, deleteCluster }: Input,
  { location, dryRun }: { readonly location: ClusterLocation; readonly dryRun: boolean },
): Promise<StepResult<Gone>> {
  const [clusters, pools] = await Promise.all([
    find(client, awsClusterRef(clusterName, location.namespace)),
    findPools(client, clusterName, location.namespace),
  ])
  const own = [...clusters, ...pools].filter(({ ownership }) => ownership !== 'theirs')
  await claimStatesOf(
    own.map(({ ref }) => managementResource(client, displayName(ref))),
    { cluster: clusterName },
  )
  if (!deleteCluster)
    return { output: { gone: clusters.length === 0 }, changes: await keepAll(client, [...clusters, ...pools], dryRun) }
  refusePools(clusters, pools)
  // ObserveCluster may have run before the cluster got its issuer, which is readable only until the deletion.
  const observed = observedAt(location, clusters[0]?.live)
  return { ...(await remove(client, { clusters, pools, dryRun })), observed }
}

/**
 * While the cluster may still exist, later steps must not remove its objects. A missing cluster therefore does not
 * count as gone when it was last found on another management cluster or in another namespace.
 */
function goneOnlyAtRecordedLocation(
  result: StepResult<Gone>,
  { clusterName, facts }: { readonly clusterName: string; readonly facts: ClusterFacts | undefined },
  location: ClusterLocation,
): StepResult<Gone> {
  if ('waiting' in result || !result.output.gone || isAtRecordedLocation(location, facts)) return result
  const remaining = [recorded(notAtRecordedLocation(clusterName, location, facts?.foundAt))]
  return { ...result, output: { gone: false, remaining } }
}

async function find(client: ClusterClient, ref: ObjectRef): Promise<Observed[]> {
  const live = await client.get(ref)
  return live ? [foundAs(ref, live, client.owner)] : []
}

async function findPools(client: ClusterClient, clusterName: string, namespace: string): Promise<Observed[]> {
  const pools = await client.list({ ...poolType, namespace })
  return pools
    .filter((pool) => isPoolOf(clusterName, pool))
    .map((pool) => foundAs({ ...poolType, namespace, name: pool.metadata?.name ?? '' }, pool, client.owner))
}

function foundAs(ref: ObjectRef, live: CustomObject, owner: ObjectOwner): Observed {
  return { ref, live, ownership: objectOwnershipOf(live.metadata, owner) }
}

function refusePools(clusters: readonly Observed[], pools: readonly Observed[]): void {
  const isOurs = clusters.some(({ ownership }) => ownership === 'ours')
  const pool = pools.find(({ ownership }) => ownership !== 'ours')
  if (!isOurs || !pool) return
  throw new OwnershipConflict({
    object: displayName(pool.ref),
    reason: 'somebody else made this node pool, and it could not stay without its cluster',
    action: 'Delete it yourself and send the request again, or send it without deleteCluster',
  })
}

/** Reports each object of a cluster that is not deleted, and removes our labels from adopted objects. */
async function keepAll(client: ClusterClient, all: readonly Observed[], dryRun: boolean): Promise<Change[]> {
  const kept = 'it stays: the request does not set deleteCluster'
  return allDone(
    all.map(async ({ ref, live, ownership }): Promise<Change> => {
      if (ownership === 'adopted') return withConflictRetries(() => releaseAsIs(client, ref, { live, dryRun }))
      return { object: displayName(ref), action: 'unchanged', detail: kept }
    }),
  )
}

/** Reads the object again. Its controller writes to it all the time, so the first observation may be outdated. */
async function releaseAsIs(
  client: ClusterClient,
  ref: ObjectRef,
  { live, dryRun }: { readonly live: CustomObject; readonly dryRun: boolean },
): Promise<Change> {
  return releaseObject(client, ref, (await client.get(ref)) ?? live, { dryRun })
}

async function remove(
  client: ClusterClient,
  {
    clusters,
    pools,
    dryRun,
  }: { readonly clusters: readonly Observed[]; readonly pools: readonly Observed[]; readonly dryRun: boolean },
): Promise<StepResult<Gone>> {
  const ofPools = await removeEach(client, pools, dryRun)
  const leavingPools = pools.filter(({ ownership }) => ownership === 'ours')
  if (leavingPools.length > 0 && !dryRun) return waitFor(leavingPools, ofPools)
  const ofClusters = await removeEach(client, clusters, dryRun)
  const leaving = clusters.filter(({ ownership }) => ownership === 'ours')
  const changes = [...ofPools, ...ofClusters]
  if (leaving.length > 0 && !dryRun) return waitFor(leaving, changes)
  return { output: { gone: leaving.length === clusters.length }, changes }
}

async function removeEach(client: ClusterClient, all: readonly Observed[], dryRun: boolean): Promise<Change[]> {
  const isUnderWay = ({ live }: Observed) => live.metadata?.deletionTimestamp !== undefined
  const changes = await allDone(
    all.filter((one) => !isUnderWay(one)).map(({ ref }) => removeObject(client, ref, dryRun)),
  )
  return changes.flat()
}

function waitFor(leaving: readonly Observed[], changes: readonly Change[]): StepResult<Gone> {
  const names = leaving.map(({ ref }) => displayName(ref)).join(', ')
  return { waiting: { reason: `${names} is being deleted` }, changes }
}
