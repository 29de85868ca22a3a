import * as z from 'zod/mini'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'RecordKeys',
  does: 'Ends a refresh or a revocation of signing keys, and releases the lock.',
  input: z.object({}),
  output: z.object({}),
  client: 'aws',
  timeoutSeconds: 30,
  recording: true,
  table: ['BatchGetItem', 'DeleteItem', 'UpdateItem'],
})
