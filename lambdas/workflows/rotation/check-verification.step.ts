import * as z from 'zod/mini'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'CheckVerification',
  does: 'Waits for the end of the verification.',
  input: z.object({ verificationId: z.string() }),
  output: z.object({}),
  client: 'aws',
  timeoutSeconds: 30,
  notReady: {
    error: 'VerificationNotEnded',
    what: 'the verification had not ended',
    action: 'See the verification, which may still be running',
  },
})
