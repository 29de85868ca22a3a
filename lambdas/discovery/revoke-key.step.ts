import * as z from 'zod/mini'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { readIssuer } from '../steps/kubernetes-right.ts'
import { keyStates } from './published-keys.ts'

export const description = describeStep({
  state: 'RevokeKey',
  does: 'Removes a published key and records it as revoked.',
  leavesAlone: 'The cluster. Without force: the key that the cluster signs with, and the last published key.',
  input: z.object({
    target,
    issuerUrl: z.string(),
    key: z.object({ kid: z.string(), thumbprint: z.string() }),
    /** Whether to revoke even a key that the cluster needs. The step then sends no request to the cluster. */
    force: z.boolean(),
    /** The ARN of the caller, or the issuer and the subject of the caller's token. */
    revokedBy: z.string(),
  }),
  output: keyStates,
  client: 'kubernetes',
  claims: [{ kind: 'issuer', does: 'changes' }],
  timeoutSeconds: 60,
  notReady: {
    error: 'KeyStillServed',
    what: 'the key is recorded as revoked, but did not disappear from the issuer',
    action: 'Do what the reason asks for, and send the request again',
  },
  settings: ['ISSUER_BUCKET'],
  aws: [
    { actions: ['s3:GetObject', 's3:PutObject'], on: 'discovery documents' },
    { actions: ['s3:ListBucket'], on: 'issuer bucket' },
  ],
  kubernetes: [readIssuer],
})
