import * as z from 'zod/mini'
import { managementResource } from '../claims/claim.ts'
import { hold } from '../claims/claims.ts'
import { readAhead } from '../clouds/aws/secrets.ts'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { displayName, type Manifest, refOf } from '../clouds/kubernetes/object.ts'
import { allDone } from '../errors/attempts.ts'
import { Unsupported } from '../errors/step-errors.ts'
import { type ApplyOptions, applyFresh, applyPlanned, planOf } from '../objects/apply.ts'
import { compare } from '../objects/compare.ts'
import { connectToManagement } from '../objects/connect.ts'
import type { ClusterStatus } from '../operations/record/record.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { reasonAgainstVersion } from '../webhook/desired/cluster-upgrade.ts'
import { webhookIn } from '../webhook/recorded.ts'
import { description } from './apply-cluster.step.ts'
import { awsCluster, awsClusterRef, awsNodePool, requirePoolOf } from './aws-cluster.ts'
import { foundElsewhere, isAtRecordedLocation, locationIn } from './location.ts'

type Input = z.output<typeof description.input>

/** A manifest to apply. Its options say when an existing object is rejected because of another owner. */
interface Desired {
  readonly manifest: Manifest
  readonly options: ApplyOptions
}

/**
 * Applies the AWSCluster and its AWSNodePools on the management cluster. A dry run of all manifests comes before the
 * first write, so an invalid node pool does not leave a cluster without nodes. Node pools that are not in the request
 * stay.
 *
 * The recorded webhook must work on the requested Kubernetes version. Otherwise pods would start without their roles.
 *
 * @throws {OwnershipConflict} before the first write, when another cluster owns one of the objects
 * @throws {InvalidCredentials} before the first write, when the cluster was found on another management cluster
 * @throws {Unsupported} before the first write, when the recorded webhook does not work on the requested version
 */
export const run: StepRun<typeof description> = async (request, { signal, dryRun, status }) => {
  const management = await connectToManagement(request.management, request.clusterName, signal)
  await requireNotElsewhere(management, request, status)
  await requireWebhookSupportsVersion(management, request, status)
  const { cluster, pools } = desiredOf(request)
  const objects = [cluster, ...pools].map(({ manifest }) =>
    managementResource(management, displayName(refOf(manifest))),
  )
  const claim = () => hold(objects, { cluster: request.clusterName, dryRun })
  if (dryRun) {
    await claim()
    const compared = [cluster, ...pools].map(({ manifest, options }) => compare(management, manifest, options))
    return { output: {}, changes: await Promise.all(compared) }
  }
  const planned = async ({ manifest, options }: Desired) => {
    const plan = await planOf(management, manifest, options)
    return { manifest, options: { ...options, plan } }
  }
  const [plannedCluster, plannedPools] = await Promise.all([planned(cluster), Promise.all(pools.map(planned))])
  await claim()
  const applied = await applyFresh(management, plannedCluster.manifest, plannedCluster.options)
  // A node pool must not exist before its cluster.
  const appliedPools = await allDone(
    plannedPools.map(({ manifest, options }) => applyPlanned(management, manifest, options)),
  )
  return { output: {}, changes: [applied, ...appliedPools] }
}

export const handler = step(description, run, ({ management }, signal) =>
  readAhead([management.credentialsSecretArn], signal),
)

/** Accepts a new location if the AWSCluster exists there. The management cluster may only have a new address. */
async function requireNotElsewhere(
  client: ClusterClient,
  { clusterName, management }: Input,
  { cluster }: ClusterStatus,
): Promise<void> {
  const location = locationIn(client, management)
  if (!cluster?.foundAt || isAtRecordedLocation(location, cluster)) return
  if (await client.get(awsClusterRef(clusterName, location.namespace))) return
  const { credentialsSecretArn } = management
  throw foundElsewhere({ name: clusterName, credentialsSecretArn }, location, cluster.foundAt)
}

async function requireWebhookSupportsVersion(
  client: ClusterClient,
  { clusterName, management, spec }: Input,
  status: ClusterStatus,
): Promise<void> {
  const version = versionIn(spec)
  const recorded = webhookIn(status, clusterName)
  const refused = recorded && version !== undefined && reasonAgainstVersion(recorded, version)
  if (!refused) return
  const live = await client.get(awsClusterRef(clusterName, management.namespace))
  // A cluster that already has this version is not upgraded, so the request is valid.
  if (versionIn(live?.spec) !== version) throw new Unsupported(refused)
}

function versionIn(spec: unknown): string | undefined {
  return versioned.safeParse(spec).data?.controlPlane.version
}

const versioned = z.object({ controlPlane: z.object({ version: z.string() }) })

function desiredOf({ clusterName, management, spec, nodePools, bucket, adopt }: Input): {
  readonly cluster: Desired
  readonly pools: readonly Desired[]
} {
  const cluster = { name: clusterName, namespace: management.namespace }
  const pools = nodePools.map((pool) => awsNodePool(cluster, pool))
  return {
    cluster: { manifest: awsCluster(cluster, spec, bucket), options: { adopt } },
    pools: pools.map((manifest) => ({
      manifest,
      options: { adopt, check: (live: unknown) => requirePoolOf(clusterName, manifest, live) },
    })),
  }
}
