import * as z from 'zod/mini'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'RecordResult',
  does: "Records what the setup has come to, and releases the cluster's lock.",
  input: z.object({}),
  output: z.object({}),
  client: 'aws',
  timeoutSeconds: 30,
  recording: true,
  table: ['DeleteItem', 'GetItem', 'UpdateItem'],
})
