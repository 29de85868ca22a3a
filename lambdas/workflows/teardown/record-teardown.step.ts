import * as z from 'zod/mini'
import { workloadFields } from '../../spec/setup-request.ts'
import { describeStep } from '../../steps/description.ts'
import { caughtState } from '../caught-state.ts'

export const description = describeStep({
  state: 'RecordTeardown',
  does: 'Ends the teardown: deletes the records of removed objects, or fails with the list of what remains.',
  input: z.object({
    failures: z.array(caughtState),
    workloads: z.array(z.object(workloadFields)),
    whole: z.boolean(),
  }),
  output: z.union([
    z.object({ gone: z.literal(true) }),
    /** The error and the cause with which the workflow fails. */
    z.object({ gone: z.literal(false), error: z.string(), cause: z.string() }),
  ]),
  client: 'aws',
  claims: [
    { kind: 'issuer', does: 'ends' },
    { kind: 'signing-key', does: 'ends' },
    { kind: 'provider', does: 'ends' },
    { kind: 'role', does: 'ends' },
    { kind: 'management-object', does: 'ends' },
  ],
  timeoutSeconds: 60,
  recording: true,
  table: ['ConditionCheckItem', 'DeleteItem', 'Query', 'UpdateItem'],
  deletesItems: [
    'generations',
    'agents',
    'claim of issuer',
    'claim of signing-key',
    'claim of provider',
    'claim of role',
    'claim of management-object',
  ],
  indexes: ['by-list'],
})
