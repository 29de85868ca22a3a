import * as z from 'zod/mini'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'FindClusters',
  does: 'Finds the clusters to rotate.',
  input: z.object({}),
  /** Names: of those to rotate in any order, and of those that one run has no room for. */
  output: z.object({ clusters: z.array(z.string()), remaining: z.array(z.string()) }),
  client: 'aws',
  timeoutSeconds: 30,
  indexes: ['by-list'],
})
