import { stopExecution } from '../operations/executions.ts'
import { cancelled } from '../operations/operation-end.ts'
import { endOperation, readOperation } from '../operations/operations.ts'
import { hasEnded } from '../operations/record.ts'
import { findOperation } from './find-operation.ts'
import { operation, ProblemError } from './operation.ts'
import { locationOf } from './operation-location.ts'
import { problem } from './problem.ts'
import { summaryOf } from './views.ts'

export const handler = operation(async (call) => {
  const observed = await findOperation(call)
  const { operationId, cluster, status } = observed.operation
  if (status === 'cancelled') return { status: 200, body: summaryOf(observed.operation) }
  if (hasEnded(status)) throw alreadyEnded(operationId)

  const by = `cancelled by ${call.caller}`
  await stopExecution(observed.operation, by)
  // The status event would record the end, too, but later. A caller who cancels and sends another request at once must
  // not find the lock still held.
  const ended = await endOperation(observed.operation, { status: 'cancelled', error: cancelled(cluster, by) })
  const after = await readOperation(operationId)
  if (!after || (!ended && after.operation.status !== 'cancelled')) throw alreadyEnded(operationId)
  return { status: 200, body: summaryOf(after.operation) }
})

function alreadyEnded(operationId: string): ProblemError {
  return new ProblemError(
    problem('conflict', { detail: 'The operation has already ended', instance: locationOf(operationId) }),
  )
}
