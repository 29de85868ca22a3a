import * as z from 'zod/mini'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'BeginVerification',
  does: 'Starts a verification of the cluster.',
  input: z.object({}),
  output: z.union([z.object({ verificationId: z.string() }), z.object({ notVerified: z.string() })]),
  client: 'aws',
  timeoutSeconds: 30,
  table: ['PutItem', 'Query'],
  writesItems: ['open', 'idempotency'],
  workflows: { starts: 'verification' },
})
