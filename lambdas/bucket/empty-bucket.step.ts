import * as z from 'zod/mini'
import { requestParts } from '../spec/parts.ts'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'EmptyBucket',
  does: "Deletes the cluster's discovery documents, and the bucket if it is empty then and a setup has made it.",
  leavesAlone: 'Documents of other clusters; adopted buckets.',
  input: z.object({
    clusterName: z.string(),
    discovery: requestParts.discovery,
    /** From the record, or what the cluster said of itself while it was there; left out when neither is known. */
    facts: z.optional(z.object({ issuerUrl: z.string(), jwksUri: z.string() })),
    /** Those that the cluster has had, too: one that was made again has published by another. */
    issuerUrls: z._default(z.array(z.string()), []),
  }),
  output: z.object({}),
  client: 'google',
  timeoutSeconds: 60,
  indexes: ['by-list'],
  settings: ['GOOGLE_CREDENTIALS_SECRET'],
})
