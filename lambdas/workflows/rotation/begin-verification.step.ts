import * as z from 'zod/mini'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'BeginVerification',
  does: 'Starts a verification of the rotated cluster, as an operation of its own.',
  input: z.object({}),
  output: z.union([z.object({ verificationId: z.string() }), z.object({ notVerified: z.string() })]),
  client: 'aws',
  timeoutSeconds: 30,
  table: ['PutItem', 'Query'],
  writesItems: ['open', 'idempotency'],
  workflows: { starts: 'verification' },
})
