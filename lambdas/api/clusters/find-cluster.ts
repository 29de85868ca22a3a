import { firstClusters, type RecordedCluster, readCluster } from '../../operations/record/cluster-record.ts'
import { nearest } from '../../spec/shape.ts'
import { clusterResource } from '../access/checks.ts'
import type { AllowedCall } from '../operation.ts'
import { clusterIn } from '../path-names.ts'
import { ProblemError, problem } from '../problem.ts'

/** The highest number of recorded names among which to search for a similar name. */
const maxNames = 1000

/**
 * The cluster that the path of a call names.
 *
 * @throws {ProblemError} 404 when the cluster is not recorded, with a similar name that the caller may see
 */
export async function findCluster(call: AllowedCall): Promise<RecordedCluster> {
  const cluster = clusterIn(call)
  const observed = await readCluster(cluster)
  if (observed) return observed
  const maySee = (name: string) => call.maySee({ action: 'get-cluster', resource: clusterResource(name) })
  const names = (await firstClusters(maxNames)).map((known) => known.cluster).filter(maySee)
  const detail = `There is no record of a cluster of this name: it was never set up, or it was torn down${didYouMean(cluster, names)}`
  throw new ProblemError(problem('not-found', { detail }))
}

/**
 * `: did you mean prod-eu?`, or an empty string when no name is similar. `name` itself is no suggestion: the eventually
 * consistent list may still contain a removed object.
 */
export function didYouMean(name: string, names: readonly string[]): string {
  const others = names.filter((known) => known !== name)
  const near = nearest(name, others)
  return near === undefined ? '' : `: did you mean ${near}?`
}
