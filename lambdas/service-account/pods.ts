/** The reports about pods. */
import * as z from 'zod/mini'

/** Pods of one account under one controller. */
export const podGroup = z.object({
  namespace: z.string(),
  serviceAccount: z.string(),
  controller: z.exactOptional(
    z
      .object({ apiVersion: z.string(), kind: z.string(), name: z.string() })
      .check(z.describe('What keeps the pods; left out for a pod that somebody made alone')),
  ),
  pods: z.array(z.string()).check(z.describe('Names, ten at most')),
  count: z.number().check(z.describe('How many there are')),
})

export type PodGroup = z.output<typeof podGroup>
