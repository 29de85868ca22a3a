/** What other clusters of ours have in common with one that is taken away: it has to stay for them. */
import type { ClusterItem } from './record.ts'

/** Name of the first of the clusters whose issuer, as found or as asked for, it is. */
export function userOfIssuer(others: readonly ClusterItem[], issuerUrl: string): string | undefined {
  return others.find(({ spec, status }) => [status.cluster?.issuerUrl, spec.cluster.issuerUrl].includes(issuerUrl))
    ?.cluster
}

/** Name of the first of the clusters whose spec names the bucket to publish in. */
export function userOfBucket(others: readonly ClusterItem[], bucket: string): string | undefined {
  return others.find(({ spec }) => spec.discovery?.bucket === bucket)?.cluster
}
