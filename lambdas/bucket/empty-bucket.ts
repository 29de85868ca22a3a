import { type BucketClient, type BucketState, connectToBucket } from '../clouds/google/bucket-client.ts'
import { bucketUrl } from '../clouds/google/bucket-url.ts'
import { documentsOf } from '../cluster/aws-cluster.ts'
import { OwnershipConflict } from '../errors/step-errors.ts'
import { otherClusters } from '../operations/cluster-record.ts'
import { userOfBucket, userOfIssuer } from '../operations/other-clusters.ts'
import { allIssuers } from '../operations/providers.ts'
import type { ClusterItem, ClusterStatus } from '../operations/record.ts'
import { bucketLabels } from '../ownership/labels.ts'
import type { Change } from '../report/change.ts'
import { setting } from '../settings.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { otherDeploymentOf } from './bucket-deployment.ts'
import { maxObjects } from './bucket-exposure.ts'
import { bucketOwnership, discoveryObjects, objectUrl, ownLabels } from './bucket-removal.ts'
import { description } from './empty-bucket.step.ts'

/** What is known beside the bucket itself. */
interface Known {
  readonly name: string
  /** Names of the cluster's own documents; undefined when they are not known. */
  readonly documents: readonly string[] | undefined
  /** Another cluster that publishes in this bucket. */
  readonly user: string | undefined
  readonly dryRun: boolean
}

/**
 * Deletes the discovery documents of a cluster that no longer exists. Then deletes the bucket, if we made it, no other
 * cluster of ours publishes in it, and nothing else is in it. An adopted bucket loses our labels and stays.
 *
 * @throws {OwnershipConflict} when we made the bucket, it is not empty, and it is not known which documents are the cluster's
 */
export const run: StepRun<typeof description> = async ({ clusterName, discovery }, { dryRun, signal, status }) => {
  const { bucket: name, projectId } = discovery
  const credentialsSecret = setting('GOOGLE_CREDENTIALS_SECRET')
  const [client, others] = await Promise.all([
    connectToBucket({ name, projectId, credentialsSecret }, signal),
    otherClusters(clusterName),
  ])
  const documents = documentsIn(name, status, others)
  const changes = await remove(client, { name, documents, user: userOfBucket(others, name), dryRun })
  return { output: {}, changes }
}

export const handler = step(description, run)

/** The cluster's documents in the bucket. Documents of an earlier issuer that another cluster has now are left out. */
function documentsIn(bucket: string, status: ClusterStatus, others: readonly ClusterItem[]) {
  const issuers = allIssuers(status).filter((issuerUrl) => userOfIssuer(others, issuerUrl) === undefined)
  const published = [...(status.cluster ? [status.cluster] : []), ...issuers.map(documentsOf)]
  if (published.length === 0) return undefined
  return [...new Set(published.flatMap((one) => discoveryObjects(bucket, one)))]
}

async function remove(client: BucketClient, known: Known): Promise<Change[]> {
  const state = await client.read()
  if (!state) return []
  const other = otherDeploymentOf(state, setting('DEPLOYMENT'))
  if (other !== undefined) return [stays(known, `it belongs to another deployment (${other}), and stays`)]
  if (bucketOwnership(state) === 'theirs') return [stays(known, 'it was not made by workload-identity, and stays')]
  const documents = await removeDocuments(client, known)
  return [...documents, ...(await removeBucket(client, state, known))]
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

async function removeBucket(client: BucketClient, state: BucketState, known: Known): Promise<Change[]> {
  const { name, user, documents = [], dryRun } = known
  if (user !== undefined) return [stays(known, `it stays: cluster ${user} publishes there, too`)]
  if (bucketOwnership(state) === 'adopted') {
    if (!dryRun) await client.removeLabels(state, ownLabels(state))
    return [{ object: bucketUrl(name), action: 'updated', detail: staysAdopted }]
  }
  const remaining = (await client.objects(maxObjects)).filter((object) => !(dryRun && documents.includes(object)))
  if (remaining.length > 0 && !known.documents) throw notKnownWhose(name, remaining)
  if (remaining.length > 0) return [stays(known, `it stays: there is more in it: ${remaining.slice(0, 5).join(', ')}`)]
  if (!dryRun) await client.delete()
  return [{ object: bucketUrl(name), action: 'deleted' }]
}

const staysAdopted = 'somebody else made it: it loses our labels, and stays'

/** The objects may be the cluster's documents. Nobody would search for them later. */
function notKnownWhose(name: string, remaining: readonly string[]): OwnershipConflict {
  return new OwnershipConflict({
    object: bucketUrl(name),
    reason: `it stays: no setup has come so far as to know which documents are the cluster's, and there are objects in it: ${remaining.slice(0, 5).join(', ')}`,
    action: `Delete those of the cluster and send the teardown again; to keep the bucket, take the label ${bucketLabels.managedBy} from it first`,
  })
}

function stays({ name }: Known, detail: string): Change {
  return { object: bucketUrl(name), action: 'unchanged', detail }
}
