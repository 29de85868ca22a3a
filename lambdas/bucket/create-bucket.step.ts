import * as z from 'zod/mini'
import { bucketPolicyOf, bucketUrl } from '../clouds/google/bucket-url.ts'
import { bucketDiscovery } from '../spec/setup-request.ts'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'CreateBucket',
  does: 'Creates the Cloud Storage bucket of the discovery documents, with public read access, and write access for the management service account.',
  leavesAlone: 'Other bindings; foreign buckets.',
  input: z.object({ clusterName: z.string(), discovery: bucketDiscovery, adopt: z.boolean() }),
  output: z.object({ bucket: z.string() }),
  condition: { type: 'BucketReady', role: 'establishes' },
  client: 'google',
  claims: [{ kind: 'bucket', does: 'makes' }],
  timeoutSeconds: 60,
  compared: {
    when: ({ discovery }) => discovery?.bucket !== undefined,
    objects: ({ discovery: { bucket } = {} }) =>
      bucket === undefined ? [] : [bucketUrl(bucket), bucketPolicyOf(bucket)],
  },
  settings: ['DEPLOYMENT', 'GOOGLE_CREDENTIALS_SECRET'],
})
