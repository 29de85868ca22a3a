import * as z from 'zod/mini'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'RemoveDiscovery',
  does: "Deletes the cluster's discovery documents at the hosted issuer.",
  leavesAlone: 'Documents of other clusters.',
  input: z.object({ issuerUrl: z.string() }),
  output: z.object({}),
  condition: { type: 'DiscoveryPublished', role: 'removes' },
  client: 'aws',
  claims: [{ kind: 'issuer', does: 'deletes' }],
  timeoutSeconds: 30,
  settings: ['ISSUER_BUCKET'],
  aws: [
    { actions: ['s3:DeleteObject'], on: 'discovery documents' },
    { actions: ['s3:ListBucket'], on: 'issuer bucket' },
  ],
})
