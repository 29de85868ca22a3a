import * as z from 'zod/mini'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'RecordVerification',
  does: 'Ends the verification, and records its time.',
  input: z.object({
    all: z.boolean(),
  }),
  output: z.object({}),
  client: 'aws',
  timeoutSeconds: 30,
  recording: true,
  table: ['BatchGetItem', 'UpdateItem'],
})
