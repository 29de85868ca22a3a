/** Where a cluster's AWSCluster is, and so where one that is missing is gone. */
import * as z from 'zod/mini'
import { displayName } from '../clouds/kubernetes/object.ts'
import { ObjectMissing } from '../errors/step-errors.ts'
import type { ClusterFacts } from '../operations/record.ts'
import { awsClusterRef } from './aws-cluster.ts'

export const clusterPlace = z.object({
  /** URL of the management cluster's API server: the same secret may lead to another one by now. */
  server: z.string(),
  namespace: z.string(),
})

export type ClusterPlace = z.output<typeof clusterPlace>

/**
 * Whether a cluster that is not at this place is gone: it was last found there, or never was found. Where to look is only what the
 * newest request has asked for, which may never have been tried.
 */
export function isWhereFound(place: ClusterPlace, facts: Pick<ClusterFacts, 'foundAt'> | undefined): boolean {
  if (!facts) return true
  return facts.foundAt?.server === place.server && facts.foundAt.namespace === place.namespace
}

/** The error for a cluster that is missing at a place where it never was. */
export function notWhereFound(
  clusterName: string,
  place: ClusterPlace,
  foundAt: ClusterPlace | undefined,
): ObjectMissing {
  const was = foundAt
    ? `the cluster was last found in namespace ${foundAt.namespace} of the management cluster ${foundAt.server}, and this is namespace ${place.namespace} of ${place.server}`
    : 'the cluster was last found without any management cluster'
  return new ObjectMissing({
    object: displayName(awsClusterRef(clusterName, place.namespace)),
    reason: `it is not there, and whether the cluster is gone is not known: ${was}`,
    action:
      'Send the setup again with cluster.management as it was then, and after it the teardown; if the cluster is gone, the teardown without deleteCluster and with force, which leaves its bucket',
  })
}
