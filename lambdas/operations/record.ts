/**
 * What the record keeps, and in which shape: each item of the table is parsed by one of these on its way in. The keys are
 * in table.ts. Times are ISO 8601 in UTC.
 */
import * as z from 'zod/mini'
import { sighting } from '../provider/thumbprint-rotation.ts'
import { workload } from '../spec/parts.ts'

export const operationKinds = [
  'setup',
  'verification',
  'plan',
  'drift',
  'webhook-upgrade',
  'rotation',
  'teardown',
] as const
export const operationStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
export const endedStatuses = ['succeeded', 'failed', 'cancelled'] as const

const time = z.iso.datetime()

export const difference = z.object({
  field: z.string(),
  wanted: z.exactOptional(z.unknown().check(z.describe('Left out when the field should not be there'))),
  found: z.exactOptional(z.unknown().check(z.describe('Left out when the field is not there'))),
  manager: z.exactOptional(z.string().check(z.describe('Who owns the field now, where Kubernetes tells'))),
  changedAt: z.exactOptional(z.string().check(z.describe('When that manager last wrote to the object'))),
})

/** An error as it is kept and shown: a name to tell it apart by, and what happened, to which object, and what to do. */
export const recordedError = z.object({
  name: z.string(),
  object: z.string(),
  reason: z.string(),
  action: z.string(),
})

export const change = z.object({
  object: z.string().check(z.describe('An ARN, a URL, or Kind namespace/name')),
  action: z.enum(['created', 'updated', 'unchanged', 'adopted', 'deleted']),
  detail: z.exactOptional(z.string()),
  differences: z.exactOptional(z.array(difference).check(z.describe('In a dry run, field by field'))),
  additions: z.exactOptional(z.array(difference).check(z.describe('In a dry run, what others have added and is left'))),
  refused: z.exactOptional(recordedError.check(z.describe('In a dry run, the error that writing it would end in'))),
  temporary: z.exactOptional(z.literal(true).check(z.describe('In a dry run: it is taken away again in the end'))),
})

export const clusterEvent = z.object({ time: z.string(), type: z.string(), reason: z.string(), message: z.string() })

export const operationError = z.extend(recordedError, {
  step: z.exactOptional(z.string().check(z.describe('The state that failed'))),
  item: z.exactOptional(z.string().check(z.describe('namespace/account of the workload that it failed for'))),
})

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

const recordedRole = z.object({
  roleName: z.string(),
  roleArn: z.string(),
  policyArns: z.array(z.string()),
  inlinePolicyName: z.exactOptional(z.string()),
})

export const workloadItem = z.object({
  namespace: z.string(),
  serviceAccount: z.string(),
  ...recordedRole.shape,
  formerRoles: z.exactOptional(
    z.array(recordedRole).check(z.describe('Roles that it had under other names: left until a teardown')),
  ),
  asked: z.exactOptional(
    workload.shape.role.check(z.describe('The role in full, as it was last brought to what was asked')),
  ),
  updatedAt: time,
})

export const lockItem = z.object({ operationId: z.string(), takenAt: time })

export const thumbprintsItem = z.object({ seen: z.record(z.string(), sighting) })

export const idempotencyItem = z.object({
  operationId: z.string(),
  /** SHA-256 of the request in its normal form. */
  requestHash: z.string(),
  /** Seconds since 1970: the table's TTL, and the end of the key's meaning. */
  expiresAt: z.number(),
})

export type OperationStatus = (typeof operationStatuses)[number]
export type OperationKind = (typeof operationKinds)[number]
export type RecordedError = z.output<typeof recordedError>
export type OperationError = z.output<typeof operationError>
export type SetupResult = z.output<typeof setupResult>
export type OperationItem = z.output<typeof operationItem>
export type StepItem = z.output<typeof stepItem>
export type ClusterItem = z.output<typeof clusterItem>
export type WorkloadItem = z.output<typeof workloadItem>
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
