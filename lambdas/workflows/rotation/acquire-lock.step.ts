import * as z from 'zod/mini'
import { changingKinds } from '../../operations/record/kinds.ts'
import { describeStep } from '../../steps/description.ts'
import { clusterToRotateSchema as clusterToRotate } from './rotation.ts'

export const description = describeStep({
  state: 'AcquireLock',
  does: "Acquires the cluster's lock for the rotation.",
  leavesAlone: 'Clusters that another operation changes.',
  input: z.object({}),
  output: z.union([
    z.extend(clusterToRotate, { acquired: z.literal(true) }),
    z.object({ acquired: z.literal(false), skipped: z.string() }),
  ]),
  client: 'aws',
  timeoutSeconds: 30,
  table: ['DeleteItem', 'Query'],
  workflows: { describes: changingKinds },
})
