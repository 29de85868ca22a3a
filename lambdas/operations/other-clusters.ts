/** What other clusters of ours share with a cluster that is torn down. A teardown leaves what they share. */
import type { ClusterItem } from './record.ts'

/** Name of the first cluster whose observed or requested issuer this is; undefined when there is none. */
export function userOfIssuer(others: readonly ClusterItem[], issuerUrl: string): string | undefined {
  return others.find(({ spec, status }) => [status.cluster?.issuerUrl, spec.cluster.issuerUrl].includes(issuerUrl))
    ?.cluster
}

/** Name of the first cluster whose spec names this bucket for its discovery documents; undefined when there is none. */
export function userOfBucket(others: readonly ClusterItem[], bucket: string): string | undefined {
  return others.find(({ spec }) => spec.discovery?.bucket === bucket)?.cluster
}
