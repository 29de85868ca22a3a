import * as z from 'zod/mini'
import { bucketDiscovery } from '../spec/setup-request.ts'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'EmptyBucket',
  does: "Deletes the cluster's documents and the grant of its management service, and the bucket if a setup created it, it is empty, and no other cluster uses it.",
  leavesAlone: 'Documents and grants of other clusters; adopted and foreign buckets.',
  input: z.object({
    clusterName: z.string(),
    discovery: bucketDiscovery,
  }),
  output: z.object({}),
  client: 'google',
  claims: [
    { kind: 'bucket', does: 'deletes' },
    { kind: 'issuer', does: 'deletes' },
  ],
  timeoutSeconds: 60,
  table: ['PutItem'],
  writesItems: ['claim of bucket'],
  deletesItems: ['claim of bucket'],
  settings: ['DEPLOYMENT', 'GOOGLE_CREDENTIALS_SECRET'],
})
