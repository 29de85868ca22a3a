import * as z from 'zod/mini'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { readIssuer } from '../steps/kubernetes-right.ts'
import { setupNeeds } from '../steps/needs.ts'
import { documentUrls } from './documents.ts'
import { keyStates } from './published-keys.ts'

export const description = describeStep({
  state: 'PublishDiscovery',
  does: "Publishes the API server's signing keys at the hosted issuer, and reads them as AWS does. Later changes need a token that a published key has signed.",
  leavesAlone: 'Documents of other clusters. A key that the API server no longer has stays for a day.',
  input: z.object({
    target,
    issuerUrl: z.string(),
    /** The later writes of the setup, whose rights are checked. Omitted by operations that only publish keys. */
    needs: z.optional(setupNeeds),
  }),
  output: keyStates,
  condition: { type: 'DiscoveryPublished', role: 'establishes' },
  client: 'kubernetes',
  claims: [
    { kind: 'issuer', does: 'makes' },
    { kind: 'signing-key', does: 'reads' },
  ],
  timeoutSeconds: 60,
  table: ['ConditionCheckItem'],
  notifies: true,
  notReady: {
    error: 'DiscoveryNotPublished',
    what: 'the keys of the cluster were not published',
    action: 'Do what the reason asks for, and send the request again',
  },
  settings: ['ISSUER_BUCKET'],
  aws: [
    { actions: ['s3:GetObject', 's3:PutObject'], on: 'discovery documents' },
    { actions: ['s3:ListBucket'], on: 'issuer bucket' },
  ],
  compared: {
    when: ({ discovery }) => discovery?.hosting !== undefined,
    objects: ({ cluster: { issuerUrl } }) => (issuerUrl === undefined ? [] : documentUrls(issuerUrl)),
  },
  kubernetes: [readIssuer],
})
