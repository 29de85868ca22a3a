import { stopExecution } from '../operations/executions.ts'
import { cancelled } from '../operations/operation-end.ts'
import { endOperation, readOperation } from '../operations/operations.ts'
import { hasEnded } from '../operations/record.ts'
import { findOperation } from './find-operation.ts'
import { type ApiCall, operation, ProblemError } from './operation.ts'
import { locationOf } from './operation-location.ts'
import { problem } from './problem.ts'
import { operationResource } from './questions.ts'
import { summaryOf } from './views.ts'

export const handler = operation({
  asks: async (call) => {
    const observed = await findOperation(call)
    const resource = operationResource(observed.operation)
    return { questions: [{ action: 'cancel-operation', resource }], subject: observed }
  },
  runs: async (call, observed) => {
    const { operationId, cluster, status } = observed.operation
    if (status === 'cancelled') return { status: 200, body: summaryOf(observed.operation) }
    if (hasEnded(status)) throw alreadyEnded(call, operationId)

    const by = `cancelled by ${call.caller}`
    await stopExecution(observed.operation, by)
    // The status event would record the end, too, but later. A caller who cancels and sends another request at once must
    // not find the lock still held.
    const ended = await endOperation(observed.operation, { status: 'cancelled', error: cancelled(cluster, by) })
    const after = await readOperation(operationId)
    if (!after || (!ended && after.operation.status !== 'cancelled')) throw alreadyEnded(call, operationId)
    return { status: 200, body: summaryOf(after.operation) }
  },
})

function alreadyEnded(call: ApiCall, operationId: string): ProblemError {
  return new ProblemError(
    problem('conflict', { detail: 'The operation has already ended', instance: locationOf(call, operationId) }),
  )
}
