import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod/mini'
import { CloudUnavailable } from '../../errors/step-errors.ts'
import { log } from '../../log.ts'
import type { WorkloadRef } from '../../ownership/ownership.ts'
import { operationsUnlessFree } from '../lock/places.ts'
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
import { type NewOperation, type Places, recordOperation } from './record-operation.ts'
import { startRecorded } from './start-recorded.ts'

/** Who sends a request, and which request. A repeated request is recognized by this. */
export interface Call {
  /** SHA-256 of what the caller sent, in lowercase hex. */
  readonly requestHash: string
  readonly requestedBy: string
  /**
   * The caller of the API, who has one name and many sessions: its idempotency key is its own in all of them, and its
   * operations take its places. Left out by schedules and workflows, whose operations take none.
   */
  readonly places?: Places
  readonly idempotencyKey?: string | undefined
  /** Called with the operation that is recorded, or may be, when its start fails: the answer of AWS may be lost. */
  readonly onDoubt?: (operationId: string) => void
}

/** The operation that is requested. */
export type RequestedOperation = Requested & (Changing | Observing)

/** It acquires the lock of its cluster, so it says what it depends on. */
interface Changing {
  readonly change: NonNullable<NewOperation['change']>
  /** The record that the request was made from; undefined when the cluster had none, or the operation is of all clusters. */
  readonly madeFrom: MadeFrom | undefined
}

interface Observing {
  readonly change?: undefined
  readonly madeFrom?: undefined
}

type MadeFrom = Pick<RecordedCluster, 'lock'> & { readonly cluster: { readonly lastOperationId: string } }

interface Requested {
  readonly kind: OperationKind
  /** Left out by an operation on all clusters. */
  readonly cluster?: string
  /** Of a teardown of one workload alone. */
  readonly workload?: WorkloadRef
  /** In its normal form. This is the workflow's input. */
  readonly request: NewOperation['request']
  /** The values that the request was filled with from the record, by the paths of their fields. */
  readonly asRecorded?: Readonly<Record<string, string>>
  /**
   * It need not wait until the cluster is free: a later operation then brings about what it writes. Left out by an operation that
   * needs the cluster as it is now.
   */
  readonly mayWait?: true
  /** The writes of what the request claims for the operation. Left out by a request that claims nothing. */
  readonly claims?: (operationId: string) => readonly Write[]
}

export type Started =
  | { readonly outcome: 'started' | 'repeated'; readonly operation: OperationItem }
  | { readonly outcome: 'key reused'; readonly operationId: string }
  | ({ readonly outcome: 'cluster busy'; readonly waiting?: Waiting } & Holder)
  | ({ readonly outcome: 'rotation running' } & Holder)
  | TooManyRunning

/** So many writes of the cluster wait that no other one may. */
export interface Waiting {
  readonly all: number
  readonly ofCaller: number
}

/** The caller has as many operations running as it may. */
export interface TooManyRunning {
  readonly outcome: 'too many running'
  /** The oldest of them. */
  readonly operationId: string
  readonly running: number
}

/**
 * Transactions that write the same items at the same moment cancel each other: the lock of a cluster, the places of a caller. With
 * these pauses, of fifty starts of one caller at once fewer than one in 10,000 gives up, where a transaction takes 25 ms. All
 * pauses together last less than ten seconds.
 */
const maxAttempts = 10
const shortestPauseMs = 100
const longestPauseMs = 1600

/**
 * Records an operation and starts its workflow, or gives back why not.
 *
 * A repeated idempotency key gives back its operation, whatever the status of that operation. If a crash has prevented
 * the start of its workflow, this call starts the workflow.
 *
 * A stale lock is taken over: the execution of its operation has ended or is gone, and no step of it can be running. A place
 * is taken over when the end of its operation is recorded.
 *
 * @param prepare gives the operation that is requested. Each attempt calls it again, so that a request is always made from
 *   the newest record of the cluster. A repeated key does not call it
 * @throws {CloudUnavailable} when other requests keep changing the same cluster, or taking the places of the same caller, at
 *   the same moment
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

/** Random: those that have cancelled each other are not to meet again. */
function pauseAfter(attempt: number): number {
  return Math.random() * Math.min(longestPauseMs, shortestPauseMs * 2 ** (attempt - 1))
}

/** The operation that holds the lock may have been started with this same key since the key was read. */
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

/** The outcome for the operation that the call's key stands for; undefined without a key, or when the key is new. */
export async function repeatClaimed(call: Call): Promise<Started | undefined> {
  const keyHash = keyHashOf(call)
  const claim = keyHash === undefined ? undefined : await readIdempotency(keyHash)
  if (!claim) return undefined
  if (claim.requestHash !== call.requestHash) return { outcome: 'key reused', operationId: claim.operationId }
  return namedInDoubt(call, claim.operationId, () => repeat(claim.operationId))
}

function keyHashOf({ requestedBy, places, idempotencyKey }: Call): string | undefined {
  return idempotencyKey === undefined ? undefined : hash([places?.caller ?? requestedBy, idempotencyKey])
}

/** Undefined when the caller is to try again, because the obstacle may be gone. */
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
  return outcome === 'no free place' && call.places ? tooManyUnlessEnded(call.places) : undefined
}

/** How many operations of one cluster wait at most. Each read of the record of the cluster reads them, too. */
const mostWaiting = 500

/** How many of them one caller may have, so that a caller does not keep the others from writing the spec. */
const mostWaitingOfCaller = 100

/** The kinds after which the written spec may no longer be what the caller wants. */
const refused: readonly OperationKind[] = ['teardown', 'key-revocation']

/** For a request that finds the lock held. A stale lock is released, so that the next attempt may acquire it. */
async function besideHolder(call: Call, requested: RequestedOperation): Promise<Started | undefined> {
  const { cluster, madeFrom, mayWait } = requested
  const holder = await holderUnlessStale(cluster)
  if (!holder) return undefined
  if (!mayWait || refused.includes(holder.kind)) {
    return { outcome: cluster === undefined ? 'rotation running' : 'cluster busy', ...holder }
  }
  // Without the lock, the request was made before the holder acquired it. The next attempt makes it from the newest record.
  if (!madeFrom?.lock || cluster === undefined) return undefined
  const waiting = waitingOf(await listWaiting(cluster), call)
  if (waiting.all >= mostWaiting || waiting.ofCaller >= mostWaitingOfCaller) {
    return { outcome: 'cluster busy', ...holder, waiting }
  }
  return recordWaiting(call, cluster, requested)
}

function waitingOf(waiting: readonly WaitingItem[], { places }: Call): Waiting {
  const own = waiting.filter(({ caller }) => caller !== undefined && caller === places?.caller)
  return { all: waiting.length, ofCaller: own.length }
}

/** It takes no place of its caller: nothing runs for it alone. */
async function recordWaiting(call: Call, cluster: string, requested: RequestedOperation): Promise<Started | undefined> {
  const { operation, places, ...rest } = newOperation(call, requested)
  const waiting = {
    operation: { ...operation, waits: true as const },
    ...(places && { waiter: places.caller }),
    ...rest,
  }
  const { operationId } = operation
  if ((await namedInDoubt(call, operationId, () => recordOperation(waiting))) !== 'recorded') {
    return undefined
  }
  log('info', 'operation waits', { operationId, cluster })
  // The holder may have ended before this was recorded. What it has left then starts here.
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
 * The operation that held the lock when the record was read may have changed the record since. The request would then
 * be made from an outdated record.
 */
function mayBeStale({ change, madeFrom }: RequestedOperation): boolean {
  return change !== undefined && madeFrom?.lock !== undefined
}

async function tooManyUnlessEnded(places: Places): Promise<Started | undefined> {
  const [oldest, ...others] = (await operationsUnlessFree(places)) ?? []
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
    ...(call.places && { places: call.places }),
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
