import * as z from 'zod/mini'

const change = z.object({ object: z.string(), action: z.string(), detail: z.optional(z.string()) })

const failure = z.object({
  name: z.string(),
  step: z.optional(z.string()),
  item: z.optional(z.string()),
  object: z.string(),
  reason: z.string(),
  action: z.string(),
})

const step = z.object({
  state: z.string(),
  item: z.optional(z.string()),
  status: z.enum(['running', 'waiting', 'succeeded', 'failed', 'stopped']),
  attempts: z.number(),
  startedAt: z.string(),
  endedAt: z.optional(z.string()),
  waitingFor: z.optional(z.string()),
  changes: z._default(z.array(change), []),
  error: z.optional(failure),
})

const proof = z.object({
  subject: z.string(),
  audience: z.string(),
  provider: z.string(),
  roleArn: z.string(),
  assumedRoleArn: z.string(),
  expiresAt: z.string(),
  policyArns: z.array(z.string()),
  inlinePolicy: z.boolean(),
  mutation: z.string(),
  refused: z.array(z.object({ subject: z.string(), audience: z.string(), answer: z.string() })),
})

const clusterEvent = z.object({ type: z.string(), reason: z.string(), message: z.string() })

/** What the terminal reads of GET /v1/operations/{id}. */
export const operation = z.object({
  operationId: z.string(),
  cluster: z.string(),
  status: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
  createdAt: z.string(),
  endedAt: z.optional(z.string()),
  steps: z.array(step),
  clusterEvents: z.array(clusterEvent),
  result: z.optional(z.object({ proofs: z.array(proof) })),
  error: z.optional(failure),
})

export type ClusterEvent = z.output<typeof clusterEvent>
export type Operation = z.output<typeof operation>
export type Proof = z.output<typeof proof>
export type Step = z.output<typeof step>
