import { listClusters, type RecordedCluster, readCluster } from '../operations/cluster-record.ts'
import { dnsLabel } from '../spec/names.ts'
import { nearest } from '../spec/shape.ts'
import { type ApiCall, ProblemError } from './operation.ts'
import { problem } from './problem.ts'

/** Among so many names a mistyped one is looked for. */
const maxNames = 1000

/**
 * The cluster that the path of a call names.
 *
 * @throws Refusal 404 with the nearest name
 */
export async function findCluster({ parameters: { cluster = '' } }: ApiCall): Promise<RecordedCluster> {
  // What is no cluster's name is not asked for: DynamoDB takes no key of any length.
  const isName = dnsLabel.pattern.test(cluster)
  const observed = isName && (await readCluster(cluster))
  if (observed) return observed
  const names = isName ? (await listClusters({ limit: maxNames })).map((known) => known.cluster) : []
  const detail = `No setup was ever asked for a cluster of this name${didYouMean(cluster, names)}`
  throw new ProblemError(problem('not-found', { detail }))
}

/** ": did you mean prod-eu?", or nothing when no name is near. */
export function didYouMean(name: string, names: readonly string[]): string {
  const near = names.length === 0 ? undefined : nearest(name, names)
  return near === undefined ? '' : `: did you mean ${near}?`
}
