/**
 * What the record keeps, and in which shape: each item of the table is parsed by one of these on its way in. The keys are
 * in table.ts. Times are ISO 8601 in UTC.
 */
import * as z from 'zod/mini'
import { type OperationError, operationError, recordedError } from '../errors/recorded.ts'
import { change } from '../report/change.ts'
import { clusterEvent } from '../report/waiting.ts'
import { workload } from '../spec/parts.ts'
import { operationKinds } from './kinds.ts'

export const operationStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
export const endedStatuses = ['succeeded', 'failed', 'cancelled'] as const

const time = z.iso.datetime()
/** What a setup has come to, without the proofs, which are the outputs of its Verify steps. */
export const setupResult = z.object({
  facts: z.record(z.string(), z.unknown()).check(z.describe('Cluster id, issuer, keys and Kubernetes version')),
  providerArn: z.string(),
  webhook: z.record(z.string(), z.unknown()),
})

export const operationItem = z.object({
  operationId: z.string(),
  kind: z.enum(operationKinds),
  cluster: z.exactOptional(z.string().check(z.describe('Left out by an operation on all clusters'))),
  status: z.enum(operationStatuses),
  requestedBy: z.string().check(z.describe('ARN of the caller, or issuer and subject of its token')),
  createdAt: time,
  startedAt: z.exactOptional(time),
  endedAt: z.exactOptional(time),
  error: z.exactOptional(operationError),
  result: z.exactOptional(setupResult),
})

export const stepItem = z.object({
  state: z.string(),
  item: z.exactOptional(z.string().check(z.describe('namespace/account where a step runs for each workload'))),
  status: z.enum(['running', 'waiting', 'succeeded', 'failed']),
  attempts: z.number().check(z.describe('How often its function was started: retries and polls')),
  startedAt: time,
  /** When the newest attempt started. */
  attemptAt: time,
  /** How often the state machine had tried again in that visit of the state. */
  retries: z._default(z.number(), 0),
  endedAt: z.exactOptional(time),
  waiting: z.exactOptional(z.object({ reason: z.string(), events: z.array(clusterEvent) })),
  /** In the order in which they were made; several for one object when the step was polled or tried again. */
  changes: z._default(z.array(change), []),
  output: z.exactOptional(z.record(z.string(), z.unknown())),
  error: z.exactOptional(recordedError),
})

export const clusterItem = z.object({
  cluster: z.string(),
  provider: z.string(),
  /** The newest request, without its workloads: they have items of their own. It keeps an earlier bucket when it names none. */
  asked: z.record(z.string(), z.unknown()),
  /** What the newest setup that went to its end has found and made. */
  is: z.exactOptional(z.extend(setupResult, { operationId: z.string(), verifiedAt: time })),
  /** Wherever something of the webhook was written: whatever later requests say, it may still be there. */
  webhookNamespaces: z.exactOptional(z.set(z.string())),
  /** Every issuer whose provider was made or adopted: a cluster that is made again has another one. */
  issuerUrls: z.exactOptional(z.set(z.string())),
  /** The provider that was made or adopted since a setup went to its end: rotations keep it up already. */
  registered: z.exactOptional(z.object({ issuerUrl: z.string(), providerArn: z.string() })),
  /** The webhook that pods were sent to since then: likewise. */
  activated: z.exactOptional(z.record(z.string(), z.unknown())),
  lastOperationId: z.string(),
  createdAt: time,
  updatedAt: time,
})

/** A role with the policies that we attached, put, or were about to; `policyArns` in any order. */
const recordedRole = z.object({
  roleName: z.string(),
  roleArn: z.string(),
  policyArns: z.array(z.string()),
  inlinePolicyName: z.exactOptional(z.string()),
})

const roleRecord = z.extend(recordedRole, {
  /** The oldest first. */
  formerRoles: z.exactOptional(
    z.array(recordedRole).check(z.describe('Roles that it had under other names: left until a teardown')),
  ),
  asked: z.exactOptional(
    workload.shape.role.check(z.describe('The role in full, as it was last brought to what was asked')),
  ),
})

export const workloadItem = z.object({
  namespace: z.string(),
  serviceAccount: z.string(),
  ...roleRecord.shape,
  updatedAt: time,
})

export const lockItem = z.object({ operationId: z.string(), takenAt: time })
export const idempotencyItem = z.object({
  operationId: z.string(),
  /** SHA-256 of the request in its normal form. */
  requestHash: z.string(),
  /** Seconds since 1970: the table's TTL, and the end of the key's meaning. */
  expiresAt: z.number(),
})

export type OperationStatus = (typeof operationStatuses)[number]
export type SetupResult = z.output<typeof setupResult>
export type OperationItem = z.output<typeof operationItem>
export type StepItem = z.output<typeof stepItem>
export type ClusterItem = z.output<typeof clusterItem>
export type WorkloadItem = z.output<typeof workloadItem>
export type RecordedRole = z.output<typeof recordedRole>
/** What was asked of a workload's role for the last time. */
export type RoleRecord = z.output<typeof roleRecord>
export type LockItem = z.output<typeof lockItem>
export type IdempotencyItem = z.output<typeof idempotencyItem>

/** How an operation has ended. */
export interface OperationEnd {
  readonly status: (typeof endedStatuses)[number]
  readonly error?: OperationError
  readonly result?: SetupResult
}

export function hasEnded(status: OperationStatus): boolean {
  return (endedStatuses as readonly string[]).includes(status)
}
