import * as z from 'zod/mini'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'FindClusters',
  does: 'Finds the clusters to rotate.',
  input: z.object({}),
  /**
   * The names of the clusters to rotate, and the names of the clusters for which one run has no room; both in any
   * order.
   */
  output: z.object({ clusters: z.array(z.string()), remaining: z.array(z.string()) }),
  client: 'aws',
  timeoutSeconds: 30,
  indexes: ['by-list'],
})
