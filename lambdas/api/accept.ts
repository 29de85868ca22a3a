import type { Holder } from '../operations/stale-lock.ts'
import { type RequestedOperation, startOperation } from '../operations/start-operation.ts'
import { type AllowedCall, type Answer, type ApiCall, ProblemError } from './operation.ts'
import { locationOf, retryAfter } from './operation-location.ts'
import { problem } from './problem.ts'
import { summaryOf } from './views.ts'

/** Printable ASCII, because the key is sent in a header. */
const keyPattern = /^[\x20-\x7e]{1,255}$/

/**
 * Starts an operation for the caller. The answer is 202, with the path of the operation in its Location header.
 *
 * @param requestHash SHA-256 of what was sent. A repeated idempotency key has to come with the same hash.
 * @param prepare Builds the request from the newest record. It is not called for a repeated idempotency key, and is called
 *   again when somebody else changed the record.
 * @throws {ProblemError} 400 when the idempotency key is invalid
 * @throws {ProblemError} 409 when another operation is changing the cluster, or another rotation is running
 * @throws {ProblemError} 422 when the idempotency key was used for another request
 * @throws {CloudUnavailable} when others keep changing the cluster at the same moment
 */
export async function accept(
  call: AllowedCall,
  requestHash: string,
  prepare: () => Promise<RequestedOperation>,
): Promise<Answer> {
  const idempotencyKey = readIdempotencyKey(call)
  // The key is the caller's, in whatever session.
  const keyOwner = call.principal.name
  const started = await startOperation({ requestHash, requestedBy: call.caller, keyOwner, idempotencyKey }, prepare)
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
  const { operation } = started
  return {
    status: 202,
    headers: { location: locationOf(call, operation.operationId), ...retryAfter },
    body: summaryOf(operation),
  }
}

function busyBecause(location: string, { writesUntil }: Holder): string {
  if (writesUntil === undefined) return `Wait for ${location} to end, or cancel it`
  return `${location} has ended, and one of its steps may still write, until ${writesUntil.toISOString()} at the latest: send the request again then`
}

function readIdempotencyKey({ headers }: ApiCall): string | undefined {
  const key = headers['idempotency-key']
  if (key === undefined || keyPattern.test(key)) return key
  const detail = 'The header Idempotency-Key has to be 1 to 255 printable ASCII characters'
  throw new ProblemError(problem('invalid-request', { detail }))
}
