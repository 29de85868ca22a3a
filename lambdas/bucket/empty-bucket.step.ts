import * as z from 'zod/mini'
import { bucketDiscovery } from '../spec/parts.ts'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'EmptyBucket',
  does: "Deletes the cluster's discovery documents, and the bucket if it is empty then and a setup has made it.",
  leavesAlone: 'Documents of other clusters; adopted buckets, and those of another deployment.',
  input: z.object({
    clusterName: z.string(),
    discovery: bucketDiscovery,
  }),
  output: z.object({}),
  client: 'google',
  timeoutSeconds: 60,
  indexes: ['by-list'],
  settings: ['DEPLOYMENT', 'GOOGLE_CREDENTIALS_SECRET'],
})
