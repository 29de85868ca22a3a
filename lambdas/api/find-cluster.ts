import { listClusters, type RecordedCluster, readCluster } from '../operations/cluster-record.ts'
import { dnsLabel } from '../spec/names.ts'
import { nearest } from '../spec/shape.ts'
import { type ApiCall, ProblemError } from './operation.ts'
import { problem } from './problem.ts'

/** How many recorded names are compared with a name that is not recorded. */
const maxNames = 1000

/**
 * The cluster that the path of a call names.
 *
 * @throws {ProblemError} 404 when the cluster is not recorded; it suggests a similar name if there is one
 */
export async function findCluster({ parameters: { cluster = '' } }: ApiCall): Promise<RecordedCluster> {
  // An invalid name is not read: DynamoDB refuses keys that are too long.
  const isName = dnsLabel.pattern.test(cluster)
  const observed = isName && (await readCluster(cluster))
  if (observed) return observed
  const names = isName ? (await listClusters({ limit: maxNames })).map((known) => known.cluster) : []
  const detail = `No setup was ever requested for a cluster of this name${didYouMean(cluster, names)}`
  throw new ProblemError(problem('not-found', { detail }))
}

/** Gives `: did you mean prod-eu?`. Empty when no name is near. */
export function didYouMean(name: string, names: readonly string[]): string {
  const near = names.length === 0 ? undefined : nearest(name, names)
  return near === undefined ? '' : `: did you mean ${near}?`
}
