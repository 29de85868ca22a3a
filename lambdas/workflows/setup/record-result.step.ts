import * as z from 'zod/mini'
import { workloadFields } from '../../spec/setup-request.ts'
import { describeStep } from '../../steps/description.ts'
import { caughtState } from '../caught-state.ts'

export const description = describeStep({
  state: 'RecordResult',
  does: 'Records the result of the setup and releases the lock, or fails with the list of failures.',
  input: z.object({
    failures: z.array(caughtState),
    /** The workloads that have left the spec. Absent when no workload has left it. */
    removed: z.optional(z.array(z.object(workloadFields))),
  }),
  output: z.union([
    z.object({ complete: z.literal(true) }),
    /** The error and the cause with which the workflow fails. */
    z.object({ complete: z.literal(false), error: z.string(), cause: z.string() }),
  ]),
  client: 'aws',
  timeoutSeconds: 30,
  recording: true,
  table: ['BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'Query', 'UpdateItem'],
  readsItems: ['generations'],
})
