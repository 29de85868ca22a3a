/** What other clusters of ours have in common with one that is taken away: it has to stay for them. */
import * as z from 'zod/mini'
import type { ClusterItem } from './record.ts'

const facts = z.object({ issuerUrl: z.string() })
const askedIssuer = z.object({ cluster: z.object({ issuerUrl: z.string() }) })
const askedBucket = z.object({ discovery: z.object({ bucket: z.string() }) })

/** Name of the first of the clusters whose issuer, as found or as asked for, it is. */
export function userOfIssuer(others: readonly ClusterItem[], issuerUrl: string): string | undefined {
  return others.find(({ is, asked }) => {
    const issuers = [facts.safeParse(is?.facts).data?.issuerUrl, askedIssuer.safeParse(asked).data?.cluster.issuerUrl]
    return issuers.includes(issuerUrl)
  })?.cluster
}

/** Name of the first of the clusters that was asked to publish in the bucket. */
export function userOfBucket(others: readonly ClusterItem[], bucket: string): string | undefined {
  return others.find(({ asked }) => askedBucket.safeParse(asked).data?.discovery.bucket === bucket)?.cluster
}
