import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod/mini'
import { CloudUnavailable } from '../errors/step-errors.ts'
import { log } from '../log.ts'
import { workload } from '../spec/parts.ts'
import type { RecordedCluster } from './cluster-record.ts'
import { startExecution } from './executions.ts'
import { keyDays, secondsOfDay } from './expiry.ts'
import type { OperationKind } from './kinds.ts'
import { clustersOf } from './operation-end.ts'
import { type NewOperation, readIdempotency, readOperation, recordOperation, recordRunning } from './operations.ts'
import type { OperationItem } from './record.ts'
import { type Holder, holderUnlessStale } from './stale-lock.ts'
import { recordWorkloadSpecs } from './workload-record.ts'

/** Who sends a request, and which request. A repeated request is recognized by this. */
export interface Call {
  /** SHA-256 of what the caller sent, in its normal form. */
  readonly requestHash: string
  readonly requestedBy: string
  /** Whose idempotency key it is, if not of `requestedBy`: a caller has one name and many sessions. */
  readonly keyOwner?: string
  readonly idempotencyKey?: string | undefined
}

/** The operation that is requested. */
export interface RequestedOperation {
  readonly kind: OperationKind
  /** Left out by an operation on all clusters. */
  readonly cluster?: string
  /** In its normal form. This is the workflow's input. */
  readonly request: NewOperation['request']
  /** The values that the request was filled with from the record, by the paths of their fields. */
  readonly asRecorded?: Readonly<Record<string, string>>
  /** Left out by an operation that only observes. */
  readonly change?: NewOperation['change']
  /** The record that the request was made from. Left out by a request that does not depend on the record. */
  readonly madeFrom?: Pick<RecordedCluster, 'lock'> & { readonly cluster: { readonly updatedAt: string } }
}

export type Started =
  | { readonly outcome: 'started' | 'repeated'; readonly operation: OperationItem }
  | { readonly outcome: 'key reused'; readonly operationId: string }
  | ({ readonly outcome: 'cluster busy' } & Holder)
  | ({ readonly outcome: 'rotation running' } & Holder)

const maxAttempts = 4

/**
 * Records an operation and starts its workflow, or gives back why not.
 *
 * A repeated idempotency key gives back its operation, whatever the status of that operation. If a crash has prevented
 * the start of its workflow, this call starts the workflow.
 *
 * A stale lock is taken over: the execution of its operation has ended or is gone, and no step of it can be running.
 *
 * @param prepare gives the operation that is requested. Each attempt calls it again, so that a request is always made from
 *   the newest record of the cluster. A repeated key does not call it
 * @throws {CloudUnavailable} when other requests keep changing the same cluster at the same moment
 */
export async function startOperation(call: Call, prepare: () => Promise<RequestedOperation>): Promise<Started> {
  for (let attempt = 1; ; attempt++) {
    const claimed = await repeatClaimed(call)
    if (claimed) return claimed
    const requested = await prepare()
    const started = await tryToStart(call, requested)
    if (started) return unlessRepeated(call, started)
    if (attempt === maxAttempts) throw contended(requested)
    // Concurrent transactions on the same items cancel each other. With random delays, one of them succeeds.
    await sleep(Math.random() * 100)
  }
}

/** The operation that holds the lock may have been started with this same key since the key was read. */
async function unlessRepeated(call: Call, started: Started): Promise<Started> {
  const isBusy = started.outcome === 'cluster busy' || started.outcome === 'rotation running'
  return (isBusy && (await repeatClaimed(call))) || started
}

function contended({ cluster }: RequestedOperation): CloudUnavailable {
  return new CloudUnavailable({
    object: clustersOf(cluster),
    reason: 'others keep starting changes of it at the same moment',
    action: 'Send the request again',
  })
}

/** The outcome for the operation that the call's key stands for; undefined without a key, or when the key is new. */
async function repeatClaimed(call: Call): Promise<Started | undefined> {
  const keyHash = keyHashOf(call)
  const claim = keyHash === undefined ? undefined : await readIdempotency(keyHash)
  if (!claim) return undefined
  if (claim.requestHash !== call.requestHash) return { outcome: 'key reused', operationId: claim.operationId }
  return repeat(claim.operationId)
}

function keyHashOf({ requestedBy, keyOwner = requestedBy, idempotencyKey }: Call): string | undefined {
  return idempotencyKey === undefined ? undefined : hash([keyOwner, idempotencyKey])
}

/** Undefined when the caller is to try again, because the obstacle may be gone. */
async function tryToStart(call: Call, requested: RequestedOperation): Promise<Started | undefined> {
  if (mayBeStale(requested)) return busyUnlessStale(requested)
  const recorded = newOperation(call, requested)
  const outcome = await recordOperation(recorded)
  if (outcome === 'recorded') return { outcome: 'started', operation: await startRecorded(recorded) }
  return outcome === 'cluster locked' ? busyUnlessStale(requested) : undefined
}

/**
 * The operation that held the lock when the record was read may have changed the record since. The request would then
 * be made from an outdated record.
 */
function mayBeStale({ change, madeFrom }: RequestedOperation): boolean {
  return change !== undefined && madeFrom?.lock !== undefined
}

async function busyUnlessStale({ cluster }: RequestedOperation): Promise<Started | undefined> {
  const holder = await holderUnlessStale(cluster)
  return holder && { outcome: cluster === undefined ? 'rotation running' : 'cluster busy', ...holder }
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
      ...(isDryRun(requested.request) && { dryRun: true as const }),
      ...(requested.asRecorded && { asRecorded: { ...requested.asRecorded } }),
      status: 'queued',
      requestedBy: call.requestedBy,
      createdAt: now.toISOString(),
    },
    request: requested.request,
    ...(requested.change && { change: requested.change }),
    ...(requested.madeFrom && { madeFrom: requested.madeFrom.cluster.updatedAt }),
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
const withWorkloads = z.object({ workloads: z.array(z.union([inNamespace, z.object({ workload: inNamespace })])) })

function namespacesOf(request: NewOperation['request']): Pick<OperationItem, 'namespaces'> {
  const named = withWorkloads.safeParse(request).data?.workloads
  if (!named) return {}
  const namespaces = named.map((each) => ('workload' in each ? each.workload : each).namespace)
  return { namespaces: [...new Set(namespaces)] }
}

function isDryRun({ dryRun }: NewOperation['request']): boolean {
  return dryRun === true
}

const setupOf = z.object({ cluster: z.object({ name: z.string() }), workloads: z.array(workload) })

async function startRecorded({ operation, request }: Pick<NewOperation, 'operation'> & { request: unknown }) {
  // This is after the lock is acquired and before the workflow makes anything. A repeated request writes this again
  // when the start has crashed.
  if (operation.kind === 'setup') await recordWorkloadSpecs(setupOf.parse(request))
  await startExecution(operation, request)
  // Its trace is that of the request, which the audit log has, and of the execution.
  const { operationId, kind, cluster } = operation
  log('info', 'operation started', { operationId, kind, cluster })
  const startedAt = new Date()
  await recordRunning(operationId, startedAt)
  return { ...operation, status: 'running' as const, startedAt: startedAt.toISOString() }
}

async function repeat(operationId: string): Promise<Started | undefined> {
  const recorded = await readOperation(operationId)
  if (!recorded) return undefined
  const { operation, request } = recorded
  if (operation.status !== 'queued') return { outcome: 'repeated', operation }
  return { outcome: 'repeated', operation: await startRecorded({ operation, request }) }
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
