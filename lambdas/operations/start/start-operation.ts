import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod/mini'
import { CloudUnavailable } from '../../errors/step-errors.ts'
import { log } from '../../log.ts'
import type { WorkloadRef } from '../../ownership/ownership.ts'
import { operationsUnlessSlotFree } from '../lock/slots.ts'
import { type Holder, holderUnlessStale } from '../lock/stale-lock.ts'
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
   * The caller of the API, with one name and many sessions. All sessions share its idempotency keys and its concurrency
   * slots. Absent for schedules and workflows, whose operations take no slots.
   */
  readonly slots?: ConcurrencySlots
  readonly idempotencyKey?: string | undefined
  /** Called when a start fails, with the operation that is or may be recorded: the response of AWS may be lost. */
  readonly onDoubt?: (operationId: string) => void
}

export type RequestedOperation = Requested & (Changing | Observing)

/** It acquires the lock of its cluster, so it names the record that it depends on. */
interface Changing {
  readonly change: NonNullable<NewOperation['change']>
  /** The record that the request was made from; undefined for a new cluster, or for an operation on all clusters. */
  readonly madeFrom: MadeFrom | undefined
}

interface Observing {
  readonly change?: undefined
  readonly madeFrom?: undefined
}

type MadeFrom = Pick<RecordedCluster, 'lock'> & { readonly cluster: { readonly lastOperationId: string } }

interface Requested {
  readonly kind: OperationKind
  /** Absent for an operation on all clusters. */
  readonly cluster?: string
  /** Only for a teardown of a single workload. */
  readonly workload?: WorkloadRef
  /** The request in normal form, which is the input of the workflow. */
  readonly request: NewOperation['request']
  /** The values that were filled in from the record, by the paths of their fields. */
  readonly asRecorded?: Readonly<Record<string, string>>
  /**
   * It need not wait until the cluster is free: a later operation then applies its spec. Absent for an operation that
   * needs the cluster in its current state.
   */
  readonly mayWait?: true
  /** The writes of the request's claims for the operation. Absent for a request that claims nothing. */
  readonly claims?: (operationId: string) => readonly Write[]
}

export type Started =
  | { readonly outcome: 'started' | 'repeated'; readonly operation: OperationItem }
  | { readonly outcome: 'key reused'; readonly operationId: string }
  | ({ readonly outcome: 'cluster busy'; readonly waiting?: Waiting } & Holder)
  | ({ readonly outcome: 'rotation running' } & Holder)
  | TooManyRunning

/** The waiting writes of the cluster, when no more may wait. */
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
 * Transactions that write the same items at the same moment cancel each other: the lock of a cluster, or the slots of a
 * caller. With these pauses, and with transactions of 25 ms, of fifty concurrent starts of one caller fewer than one in
 * 10,000 gives up. All pauses together last less than ten seconds.
 */
const maxAttempts = 10
const shortestPauseMs = 100
const longestPauseMs = 1600

/**
 * Records an operation and starts its workflow, or returns why not.
 *
 * For a repeated idempotency key it returns the operation of the key, in any status. If a crash has prevented the start
 * of its workflow, this call starts the workflow.
 *
 * It takes over a stale lock: the operation's execution has ended or no longer exists, and none of its steps can be
 * running. It takes over the slot of an operation whose end is recorded.
 *
 * @param prepare returns the requested operation. Each attempt calls it again, so that a request is always made from
 *   the newest record. A repeated key does not call it
 * @throws {CloudUnavailable} when others keep changing the cluster, or taking slots of the caller, at the same moment
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

/** Random, so that starts that have cancelled each other do not collide again. */
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
    reason: 'other operations of it, or of the same caller, keep being started at the same moment',
    action: 'Send the request again',
  })
}

/** The outcome for the operation of the call's key; undefined without a key, or when the key is new. */
export async function repeatClaimed(call: Call): Promise<Started | undefined> {
  const keyHash = keyHashOf(call)
  const claim = keyHash === undefined ? undefined : await readIdempotency(keyHash)
  if (!claim) return undefined
  if (claim.requestHash !== call.requestHash) return { outcome: 'key reused', operationId: claim.operationId }
  return namedInDoubt(call, claim.operationId, () => repeat(claim.operationId))
}

function keyHashOf({ requestedBy, slots, idempotencyKey }: Call): string | undefined {
  return idempotencyKey === undefined ? undefined : hash([slots?.caller ?? requestedBy, idempotencyKey])
}

/** Returns undefined when the obstacle may be gone, so that the caller retries. */
async function tryToStart(call: Call, requested: RequestedOperation): Promise<Started | undefined> {
  if (mayBeStale(requested)) return besideHolder(call, requested)
  const recorded = newOperation(call, requested)
  const { operationId } = recorded.operation
  const outcome = await namedInDoubt(call, operationId, () => recordOperation(recorded))
  if (outcome === 'recorded') {
    const operation = await namedInDoubt(call, operationId, () => startRecorded(recorded))
    return { outcome: 'started', operation }
  }
  if (outcome === 'cluster locked') return besideHolder(call, requested)
  return outcome === 'no free slot' && call.slots ? tooManyUnlessEnded(call.slots) : undefined
}

/** The highest number of waiting operations of one cluster. Each read of the cluster's record reads them, too. */
const mostWaiting = 500

/** The highest number of waiting operations of one caller, so that other callers can still write the spec. */
const mostWaitingOfCaller = 100

/** The kinds after which the caller may no longer want the written spec. */
const refused: readonly OperationKind[] = ['teardown', 'key-revocation']

/** Handles a request that finds the lock held. Releases a stale lock, so that the next attempt may acquire it. */
async function besideHolder(call: Call, requested: RequestedOperation): Promise<Started | undefined> {
  const { cluster, madeFrom, mayWait } = requested
  const holder = await holderUnlessStale(cluster)
  if (!holder) return undefined
  if (!mayWait || refused.includes(holder.kind)) {
    return { outcome: cluster === undefined ? 'rotation running' : 'cluster busy', ...holder }
  }
  // Without `lock`, the request is older than the holder's lock. The next attempt makes it from the newest record.
  if (!madeFrom?.lock || cluster === undefined) return undefined
  const waiting = waitingOf(await listWaiting(cluster), call)
  if (waiting.all >= mostWaiting || waiting.ofCaller >= mostWaitingOfCaller) {
    return { outcome: 'cluster busy', ...holder, waiting }
  }
  return recordWaiting(call, cluster, requested)
}

function waitingOf(waiting: readonly WaitingItem[], { slots }: Call): Waiting {
  const own = waiting.filter(({ caller }) => caller !== undefined && caller === slots?.caller)
  return { all: waiting.length, ofCaller: own.length }
}

/** Records a waiting operation. It takes no concurrency slot, because no execution runs for it alone. */
async function recordWaiting(call: Call, cluster: string, requested: RequestedOperation): Promise<Started | undefined> {
  const { operation, slots, ...rest } = newOperation(call, requested)
  const waiting = {
    operation: { ...operation, waits: true as const },
    ...(slots && { waiter: slots.caller }),
    ...rest,
  }
  const { operationId } = operation
  if ((await namedInDoubt(call, operationId, () => recordOperation(waiting))) !== 'recorded') {
    return undefined
  }
  log('info', 'operation waits', { operationId, cluster })
  // The holder may have ended before this was recorded. Then nothing else would start the next operation.
  await namedInDoubt(call, operationId, () => startNext(cluster))
  return { outcome: 'started', operation: waiting.operation }
}

async function namedInDoubt<Done>(call: Call, operationId: string, act: () => Promise<Done>): Promise<Done> {
  try {
    return await act()
  } catch (error) {
    call.onDoubt?.(operationId)
    throw error
  }
}

/**
 * The operation that held the lock at the read of the record may have changed the record since. The request would then
 * be made from an outdated record.
 */
function mayBeStale({ change, madeFrom }: RequestedOperation): boolean {
  return change !== undefined && madeFrom?.lock !== undefined
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
    ...(requested.claims && { claims: requested.claims(operationId) }),
    ...(requested.madeFrom && { madeFrom: requested.madeFrom.cluster.lastOperationId }),
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
