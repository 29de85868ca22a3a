import type { Holder } from '../../operations/lock/stale-lock.ts'
import { hashOf } from '../../operations/record/hash.ts'
import {
  type Call,
  type RequestedOperation,
  type Started,
  startOperation,
  type TooManyRunning,
  type Waiting,
} from '../../operations/start/start-operation.ts'
import { setting } from '../../settings.ts'
import {
  type AllowedCall,
  type Answer,
  type ApiCall,
  type ApiHandler,
  type Operation,
  operation,
  UnconfirmedStart,
} from '../operation.ts'
import { locationOf, retryAfter } from '../operations/operation-location.ts'
import { summaryOf } from '../operations/views.ts'
import { ProblemError, problem } from '../problem.ts'

/** Printable ASCII, because the key is sent in a header. */
const keyPattern = /^[\x20-\x7e]{1,255}$/

/** An API operation that starts an operation on one cluster or on all clusters. */
export interface Starting<Input> extends Pick<Operation<Input>, 'authorizes'> {
  /**
   * The requested operation, made from the newest record. It is not called for a repeated idempotency key. It is called
   * again when another writer has changed the record.
   */
  readonly requests: (call: AllowedCall, input: Input) => Promise<RequestedOperation> | RequestedOperation
}

export function starting<Input>({ authorizes, requests }: Starting<Input>): ApiHandler {
  return operation({
    authorizes,
    runs: (call, input) => accept(call, requestHashOf(call), async () => requests(call, input)),
  })
}

/**
 * The hash of everything that the caller has sent, and of nothing from the record. So a repeated request has the same
 * hash, even if the record has changed. The root of the caller's routes and the order of fields make no difference.
 */
function requestHashOf({ route, parameters, query, headers, body }: ApiCall): string {
  return hashOf([route, parameters, query, headers['if-match'] ?? null, sentIn(body)])
}

/** The JSON value of the body; otherwise its text. Some routes take no body, and ignore its content. */
function sentIn(body: Buffer): unknown {
  const text = new TextDecoder().decode(body)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/**
 * Starts an operation for the caller. The response is 202, with the path of the operation in its Location header.
 *
 * @param requestHash SHA-256 of the request. A repeated idempotency key needs the same hash.
 * @throws {ProblemError} 400 when the idempotency key is invalid
 * @throws {ProblemError} 409 when another operation is changing the cluster, or another rotation is running
 * @throws {ProblemError} 422 when the idempotency key was used for another request
 * @throws {ProblemError} 429 when the caller has reached its limit of running operations
 * @throws {UnconfirmedStart} when AWS has failed, and the operation is or may be recorded
 * @throws {CloudUnavailable} when concurrent requests keep changing the cluster, or starting operations of the caller
 */
async function accept(
  call: AllowedCall,
  requestHash: string,
  prepare: () => Promise<RequestedOperation>,
): Promise<Answer> {
  const idempotencyKey = readIdempotencyKey(call)
  const most = Number(setting('RUNNING_PER_CALLER'))
  const slots = { caller: call.principal.name, most }
  const started = await startNamed(call, { requestHash, requestedBy: call.caller, slots, idempotencyKey }, prepare)
  if (started.outcome === 'key reused') {
    const instance = locationOf(call, started.operationId)
    const detail = 'Send another key with this request, or the same request with this key'
    throw new ProblemError(problem('key-reused', { detail, instance }))
  }
  if (started.outcome === 'cluster busy' || started.outcome === 'rotation running') {
    const location = locationOf(call, started.operationId)
    const detail = busyBecause(location, started)
    const kind = started.outcome === 'cluster busy' ? 'already-running' : 'rotation-running'
    throw new ProblemError(problem(kind, { detail, instance: location }), { location, ...retryAfter })
  }
  if (started.outcome === 'too many running') throw tooManyRunning(call, started, most)
  const { operation } = started
  return {
    status: 202,
    headers: { location: locationOf(call, operation.operationId), ...retryAfter },
    body: summaryOf(operation),
  }
}

/** @throws {UnconfirmedStart} when the start failed, but the operation is or may be recorded */
async function startNamed(
  call: AllowedCall,
  start: Call,
  prepare: () => Promise<RequestedOperation>,
): Promise<Started> {
  const inDoubt: string[] = []
  try {
    return await startOperation({ ...start, onDoubt: (operationId) => inDoubt.push(operationId) }, prepare)
  } catch (error) {
    const [operationId] = inDoubt
    throw operationId === undefined ? error : new UnconfirmedStart(locationOf(call, operationId), error)
  }
}

/** The Retry-After, in seconds, of a caller without a free slot. Most operations take minutes. */
const retryAfterSeconds = '30'

function tooManyRunning(call: AllowedCall, { operationId, running }: TooManyRunning, most: number): ProblemError {
  const instance = locationOf(call, operationId)
  const detail = `${call.principal.name} has ${running} operations running, and may have ${most} at once. ${instance} is the oldest, and ${call.root}/v1/operations?status=running lists those that run: wait for one to end, or cancel one, and send the request again`
  return new ProblemError(problem('too-many-running', { detail, instance }), { 'retry-after': retryAfterSeconds })
}

function busyBecause(location: string, { writesUntil, waiting }: Holder & { readonly waiting?: Waiting }): string {
  if (waiting) {
    return `${waiting.all} writes of the cluster wait for ${location}, ${waiting.ofCaller} of them are yours, and no more may wait: send the request again when ${location} has ended`
  }
  if (writesUntil === undefined) return `Wait for ${location} to end, or cancel it`
  return `${location} has ended, but one of its steps may still write until ${writesUntil.toISOString()} at the latest: send the request again then`
}

function readIdempotencyKey({ headers }: ApiCall): string | undefined {
  const key = headers['idempotency-key']
  if (key === undefined || keyPattern.test(key)) return key
  const detail = 'The header Idempotency-Key has to be 1 to 255 printable ASCII characters'
  throw new ProblemError(problem('invalid-request', { detail }))
}
