import * as z from 'zod/mini'

const error = z.object({
  name: z.string(),
  step: z.optional(z.string()),
  item: z.optional(z.string()),
  object: z.string(),
  reason: z.string(),
  action: z.string(),
})

/** The fields of GET /v1/operations/{id} that tests read. */
export const operationAnswer = z.object({
  operationId: z.string(),
  kind: z.string(),
  cluster: z.optional(z.string()),
  dryRun: z.optional(z.boolean()),
  status: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
  requestedBy: z.string(),
  waits: z.optional(z.literal(true)),
  waitsFor: z.optional(z.string()),
  broughtAboutBy: z.optional(z.string()),
  startedAt: z.optional(z.string()),
  endedAt: z.optional(z.string()),
  steps: z.array(
    z.object({
      state: z.string(),
      item: z.optional(z.string()),
      status: z.string(),
      attempts: z.number(),
      waitingFor: z.optional(z.string()),
      changes: z.array(z.object({ object: z.string(), action: z.string(), detail: z.optional(z.string()) })),
      error: z.optional(error),
    }),
  ),
  result: z.optional(z.looseObject({ proofs: z._default(z.array(z.record(z.string(), z.unknown())), []) })),
  error: z.optional(error),
})

export type OperationAnswer = z.output<typeof operationAnswer>
