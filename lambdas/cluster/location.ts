/** Decides by the location (management cluster and namespace) whether a missing AWSCluster counts as deleted. */
import { displayName } from '../clouds/kubernetes/object.ts'
import { InvalidCredentials, ObjectMissing } from '../errors/step-errors.ts'
import type { ClusterFacts, ClusterLocation } from '../operations/record/record.ts'
import { awsClusterRef, documentsOf, identityOf } from './aws-cluster.ts'

/** Returns the location of AWSClusters in the namespace of the request, on the management cluster with this server. */
export function locationIn(
  { server }: { readonly server: string },
  { namespace }: { readonly namespace: string },
): ClusterLocation {
  return { server, namespace }
}

/**
 * Whether a cluster that is missing at this location counts as deleted: it was last found here, or no facts are
 * recorded. The location is from the newest request, which may not have run. The cluster may exist elsewhere.
 */
export function isAtRecordedLocation(
  location: ClusterLocation,
  facts: Pick<ClusterFacts, 'foundAt'> | undefined,
): boolean {
  if (!facts) return true
  return facts.foundAt?.server === location.server && facts.foundAt.namespace === location.namespace
}

/**
 * Returns the issuer and the location of an existing AWSCluster for the status, or undefined while the AWSCluster has
 * no issuer. They are recorded before a deletion, because the status of a cluster that never became ready lacks both.
 */
export function observedAt(location: ClusterLocation, live: unknown): { readonly cluster: ClusterFacts } | undefined {
  const issuerUrl = identityOf(live)?.issuerUrl
  return issuerUrl === undefined ? undefined : { cluster: { ...documentsOf(issuerUrl), foundAt: location } }
}

/** The error for a cluster that a setup would create at this location, but that was last found at another location. */
export function foundElsewhere(
  cluster: { readonly name: string; readonly credentialsSecretArn: string },
  location: ClusterLocation,
  foundAt: ClusterLocation,
): InvalidCredentials {
  return new InvalidCredentials({
    object: cluster.credentialsSecretArn,
    reason: `the credentials lead to the management cluster ${location.server}, which has no ${displayName(awsClusterRef(cluster.name, location.namespace))}; cluster ${cluster.name} was found in namespace ${foundAt.namespace} of the management cluster ${foundAt.server}, and the setup would create it a second time`,
    action: `Name the credentials of the management cluster ${foundAt.server} in cluster.management, or, to create the cluster again, tear it down first (DELETE /v1/clusters/${cluster.name})`,
  })
}

/** The error for a cluster that is missing at a location where it was never found. */
export function notAtRecordedLocation(
  clusterName: string,
  location: ClusterLocation,
  foundAt: ClusterLocation | undefined,
): ObjectMissing {
  const was = foundAt
    ? `the cluster was last found in namespace ${foundAt.namespace} of the management cluster ${foundAt.server}, and this is namespace ${location.namespace} of ${location.server}`
    : 'the cluster was last found without any management cluster'
  return new ObjectMissing({
    object: displayName(awsClusterRef(clusterName, location.namespace)),
    reason: `it is not there, and whether the cluster is gone is not known: ${was}`,
    action:
      'Send the setup again with cluster.management as it was then, and after it the teardown; if the cluster is gone, the teardown without deleteCluster and with force, which leaves its bucket',
  })
}
