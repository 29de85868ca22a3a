import * as z from 'zod/mini'
import { webhook } from '../spec/parts.ts'
import { describeStep } from '../steps/description.ts'
import { installed } from './desired/installed.ts'

export const description = describeStep({
  state: 'RecordWebhook',
  does: "Records what the cluster's webhook is now.",
  input: z.object({ webhook, installed }),
  output: z.object({}),
  client: 'aws',
  timeoutSeconds: 30,
  table: ['DeleteItem', 'PutItem', 'Query'],
})
