/** The fields that determine an operation's rights on its cluster: input of the steps that check these rights. */
import * as z from 'zod/mini'
import { webhook, workloadFields } from '../spec/setup-request.ts'

const workloads = z.array(z.object(workloadFields))

export const setupNeeds = z.object({
  webhook,
  workloads,
  /** Workloads that have left the spec. */
  removed: z._default(workloads, []),
})

export const teardownNeeds = z.object({
  /** Absent when no webhook is removed. */
  webhook: z.optional(z.object({ namespaces: z.array(z.string()), mayHaveRequests: z.boolean() })),
  workloads,
})

export type SetupNeeds = z.output<typeof setupNeeds>
export type TeardownNeeds = z.output<typeof teardownNeeds>
