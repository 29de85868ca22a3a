import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod/mini'
import { CloudUnavailable } from '../../errors/step-errors.ts'
import { log } from '../../log.ts'
import type { WorkloadRef } from '../../ownership/ownership.ts'
import { operationsUnlessSlotFree } from '../lock/slots.ts'
import { type Holder, releaseIfStale } from '../lock/stale-lock.ts'
import { listWaiting } from '../lock/waiting.ts'
import { clustersOf } from '../reconcile/operation-end.ts'
import { startNext } from '../reconcile/start-next.ts'
import type { RecordedCluster } from '../record/cluster-record.ts'
import { keyDays, secondsOfDay } from '../record/expiry.ts'
import { isDryRun, type OperationKind } from '../record/kinds.ts'
import { readIdempotency, readOperation } from '../record/operations.ts'
import type { OperationItem, WaitingItem } from '../record/record.ts'
import type { Write } from '../record/writes.ts'
import { type ConcurrencySlots, type NewOperation, recordOperation } from './record-operation.ts'
import { startRecorded } from './start-recorded.ts'

/** The caller and its request, by which a repeated request is recognized. */
export interface Call {
  /** SHA-256 of the caller's request, in lowercase hex. */
  readonly requestHash: string
  readonly requestedBy: string
  /**
   * The slots of the API caller. All sessions of a caller share its idempotency keys and its concurrency slots. Absent
   * for schedules and workflows, because their operations take no slots.
   */
  readonly slots?: ConcurrencySlots
  readonly idempotencyKey?: string | undefined
  /** Called when a start fails, with the ID of the operation, which may be recorded nevertheless. */
  readonly onDoubt?: (operationId: string) => void
}

export type RequestedOperation = Requested & (Changing | Observing)

/** The operation acquires the lock of its cluster, so it names the record on which it depends. */
interface Changing {
  readonly change: NonNullable<NewOperation['change']>
  /** The record from which the request was made; undefined for a new cluster, or for an operation on all clusters. */
  readonly basedOn: RecordRead | undefined
}

interface Observing {
  readonly change?: undefined
  readonly basedOn?: undefined
}

type RecordRead = Pick<RecordedCluster, 'lock'> & { readonly cluster: { readonly lastOperationId: string } }

interface Requested {
  readonly kind: OperationKind
  /** Absent for an operation on all clusters. */
  readonly cluster?: string
  /** Only for a teardown of a single workload. */
  readonly workload?: WorkloadRef
  /** The request in normal form, which is the input of the workflow. */
  readonly request: NewOperation['request']
  /** The values that were filled in from the record, by field path. */
  readonly asRecorded?: Readonly<Record<string, string>>
  /**
   * Whether the operation may be recorded as waiting while another operation holds the lock. A later operation then
   * applies its spec. Absent for an operation that must be rejected if the cluster is not free.
   */
  readonly mayWait?: true
  /** Returns the writes of the request's claims. Absent for a request that claims nothing. */
  readonly claims?: (operationId: string) => readonly Write[]
}

export type Started =
  | { readonly outcome: 'started' | 'repeated'; readonly operation: OperationItem }
  | { readonly outcome: 'key reused'; readonly operationId: string }
  | ({ readonly outcome: 'cluster busy'; readonly waiting?: Waiting } & Holder)
  | ({ readonly outcome: 'rotation running' } & Holder)
  | TooManyRunning

/** The numbers of waiting operations of the cluster, for the response when no further operation may wait. */
export interface Waiting {
  readonly all: number
  readonly ofCaller: number
}

export interface TooManyRunning {
  readonly outcome: 'too many running'
  /** The oldest running operation. */
  readonly operationId: string
  readonly running: number
}

/**
 * Transactions that write the same items at the same moment, such as the lock of a cluster or the slots of a caller,
 * cancel each other. If a transaction takes 25 ms and a caller sends fifty starts at once, these pauses let fewer than
 * one start in 10,000 give up. All pauses together last less than ten seconds.
 */
const maxAttempts = 10
const shortestPauseMs = 100
const longestPauseMs = 1600

/**
 * Records an operation and starts its workflow, or returns why not.
 *
 * For a repeated idempotency key, returns the operation of the key, in any status. If a crash has prevented the start
 * of that operation's workflow, this call starts the workflow.
 *
 * A stale lock is taken over: the execution of its operation has ended or no longer exists, and none of the operation's
 * steps can be running. The slot of an operation whose end is recorded is taken over.
 *
 * @param prepare returns the requested operation. Each attempt calls it again, so that a request is always made from
 *   the newest record. It is not called for a repeated idempotency key
 * @throws {CloudUnavailable} when other operations keep changing the cluster, or taking the caller's slots, at the same
 *   moment
 */
export async function startOperation(call: Call, prepare: () => Promise<RequestedOperation>): Promise<Started> {
  for (let attempt = 1; ; attempt++) {
    const claimed = await repeatClaimed(call)
    if (claimed) return claimed
    const requested = await prepare()
    const started = await tryToStart(call, requested)
    if (started) return unlessRepeated(call, started)
    if (attempt === maxAttempts) throw contended(requested)
    await sleep(pauseAfter(attempt))
  }
}

/** The pause is random, so that starts that have cancelled each other do not collide again. */
function pauseAfter(attempt: number): number {
  return Math.random() * Math.min(longestPauseMs, shortestPauseMs * 2 ** (attempt - 1))
}

/** The operation that holds the lock may have been started with the same key since the key was read. */
async function unlessRepeated(call: Call, started: Started): Promise<Started> {
  const isBusy = started.outcome === 'cluster busy' || started.outcome === 'rotation running'
  return (isBusy && (await repeatClaimed(call))) || started
}

function contended({ cluster }: RequestedOperation): CloudUnavailable {
  return new CloudUnavailable({
    object: clustersOf(cluster),
    reason: 'other operations of the cluster or of the caller keep starting at the same moment',
    action: 'Send the request again',
  })
}

/** Returns the outcome for the operation of the idempotency key, or undefined without a key or when the key is new. */
export async function repeatClaimed(call: Call): Promise<Started | undefined> {
  const keyHash = keyHashOf(call)
  const claim = keyHash === undefined ? undefined : await readIdempotency(keyHash)
  if (!claim) return undefined
  if (claim.requestHash !== call.requestHash) return { outcome: 'key reused', operationId: claim.operationId }
  return reportingId(call, claim.operationId, () => repeat(claim.operationId))
}

function keyHashOf({ requestedBy, slots, idempotencyKey }: Call): string | undefined {
  return idempotencyKey === undefined ? undefined : hash([slots?.caller ?? requestedBy, idempotencyKey])
}

/** Returns undefined when the obstacle may be gone, so that the caller retries. */
async function tryToStart(call: Call, requested: RequestedOperation): Promise<Started | undefined> {
  if (mayBeStale(requested)) return startWhileLocked(call, requested)
  const recorded = newOperation(call, requested)
  const { operationId } = recorded.operation
  const outcome = await reportingId(call, operationId, () => recordOperation(recorded))
  if (outcome === 'recorded') {
    const operation = await reportingId(call, operationId, () => startRecorded(recorded))
    return { outcome: 'started', operation }
  }
  if (outcome === 'cluster locked') return startWhileLocked(call, requested)
  return outcome === 'no free slot' && call.slots ? tooManyUnlessEnded(call.slots) : undefined
}

/** The maximum number of waiting operations of one cluster. Each read of the cluster's record includes their items. */
const mostWaiting = 500

/** The maximum number of waiting operations of one caller, so that other callers can still write the spec. */
const mostWaitingOfCaller = 100

/** No operation may wait for a holder of these kinds: after it, the caller may no longer want the written spec. */
const refused: readonly OperationKind[] = ['teardown', 'key-revocation']

/** Handles a request that finds the lock held. Releases a stale lock, so that the next attempt can acquire the lock. */
async function startWhileLocked(call: Call, requested: RequestedOperation): Promise<Started | undefined> {
  const { cluster, basedOn, mayWait } = requested
  const holder = await releaseIfStale(cluster)
  if (!holder) return undefined
  if (!mayWait || refused.includes(holder.kind)) {
    return { outcome: cluster === undefined ? 'rotation running' : 'cluster busy', ...holder }
  }
  // Without `lock`, the record was read before the lock was acquired. The next attempt reads the newest record.
  if (!basedOn?.lock || cluster === undefined) return undefined
  const waiting = waitingOf(await listWaiting(cluster), call)
  if (waiting.all >= mostWaiting || waiting.ofCaller >= mostWaitingOfCaller) {
    return { outcome: 'cluster busy', ...holder, waiting }
  }
  return recordWaitingOperation(call, cluster, requested)
}

function waitingOf(waiting: readonly WaitingItem[], { slots }: Call): Waiting {
  const own = waiting.filter(({ caller }) => caller !== undefined && caller === slots?.caller)
  return { all: waiting.length, ofCaller: own.length }
}

/** Records a waiting operation. It takes no concurrency slot, because it has no execution. */
async function recordWaitingOperation(
  call: Call,
  cluster: string,
  requested: RequestedOperation,
): Promise<Started | undefined> {
  const { operation, slots, ...rest } = newOperation(call, requested)
  const waiting = {
    operation: { ...operation, waits: true as const },
    ...(slots && { waiter: slots.caller }),
    ...rest,
  }
  const { operationId } = operation
  if ((await reportingId(call, operationId, () => recordOperation(waiting))) !== 'recorded') return undefined
  log('info', 'operation waits', { operationId, cluster })
  // The holder may have ended before the waiting operation was recorded, and has then not started the next operation.
  await reportingId(call, operationId, () => startNext(cluster))
  return { outcome: 'started', operation: waiting.operation }
}

async function reportingId<Done>(call: Call, operationId: string, act: () => Promise<Done>): Promise<Done> {
  try {
    return await act()
  } catch (error) {
    call.onDoubt?.(operationId)
    throw error
  }
}

/**
 * Whether the record may be outdated: the operation that held the lock when the record was read may have changed it
 * since.
 */
function mayBeStale({ change, basedOn }: RequestedOperation): boolean {
  return change !== undefined && basedOn?.lock !== undefined
}

async function tooManyUnlessEnded(slots: ConcurrencySlots): Promise<Started | undefined> {
  const [oldest, ...others] = (await operationsUnlessSlotFree(slots)) ?? []
  if (oldest === undefined) return undefined
  return { outcome: 'too many running', operationId: oldest, running: 1 + others.length }
}

function newOperation(call: Call, requested: RequestedOperation): NewOperation {
  const keyHash = keyHashOf(call)
  const operationId = uuidv7()
  const now = new Date()
  return {
    operation: {
      operationId,
      kind: requested.kind,
      ...(requested.cluster !== undefined && { cluster: requested.cluster }),
      ...namespacesOf(requested.request),
      ...(requested.workload && { workload: requested.workload }),
      ...(isDryRun(requested.kind, requested.request) && { dryRun: true as const }),
      ...(requested.asRecorded && { asRecorded: { ...requested.asRecorded } }),
      status: 'queued',
      requestedBy: call.requestedBy,
      createdAt: now.toISOString(),
    },
    request: requested.request,
    ...(requested.change && { change: requested.change }),
    ...(call.slots && { slots: call.slots }),
    ...(requested.claims && { extraWrites: requested.claims(operationId) }),
    ...(requested.basedOn && { expectedLastOperation: requested.basedOn.cluster.lastOperationId }),
    ...(keyHash !== undefined && {
      idempotency: {
        keyHash,
        item: {
          operationId,
          requestHash: call.requestHash,
          expiresAt: Math.floor(now.getTime() / 1000) + keyDays * secondsOfDay,
        },
      },
    }),
  }
}

const inNamespace = z.object({ namespace: z.string() })
/** A verification names its workloads together with their roles. */
const withWorkloads = z.object({
  workloads: z.array(z.union([inNamespace, z.object({ workload: inNamespace })])),
  removed: z._default(z.array(inNamespace), []),
})

function namespacesOf(request: NewOperation['request']): Pick<OperationItem, 'namespaces'> {
  const named = withWorkloads.safeParse(request).data
  if (!named) return {}
  const namespaces = [...named.workloads, ...named.removed].map(
    (each) => ('workload' in each ? each.workload : each).namespace,
  )
  return { namespaces: [...new Set(namespaces)] }
}

async function repeat(operationId: string): Promise<Started | undefined> {
  const recorded = await readOperation(operationId)
  if (!recorded) return undefined
  const { operation, request } = recorded
  if (operation.status !== 'queued' || operation.waits) return { outcome: 'repeated', operation }
  return { outcome: 'repeated', operation: await startRecorded({ operation, request }) }
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
