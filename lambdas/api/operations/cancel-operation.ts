import { forgetWaiting, readWaiting } from '../../operations/lock/waiting.ts'
import { stopExecution } from '../../operations/reconcile/executions.ts'
import { cancelled, cancelledWaiting } from '../../operations/reconcile/operation-end.ts'
import { reconcileOperation } from '../../operations/reconcile/reconcile.ts'
import { endOperation, readOperationItem } from '../../operations/record/operations.ts'
import { hasEnded, type OperationItem } from '../../operations/record/record.ts'
import { operationResource } from '../access/checks.ts'
import { type ApiCall, operation } from '../operation.ts'
import { ProblemError, problem } from '../problem.ts'
import { findOperation } from './find-operation.ts'
import { locationOf } from './operation-location.ts'
import { summaryOf } from './views.ts'

export const handler = operation({
  authorizes: async (call) => {
    const observed = await findOperation(call)
    const resource = operationResource(observed.operation)
    return { checks: [{ action: 'cancel-operation', resource }], input: observed }
  },
  runs: async (call, observed) => {
    const { operationId } = observed.operation
    const after = await cancel(observed.operation, `cancelled by ${call.caller}`)
    if (after?.status !== 'cancelled') throw alreadyEnded(call, operationId)
    return { status: 200, body: summaryOf(after) }
  },
})

/** The operation after the cancellation. It may have ended before the cancellation. */
async function cancel(recorded: OperationItem, by: string): Promise<OperationItem | undefined> {
  if (hasEnded(recorded.status)) return recorded
  if (recorded.waits) return cancelWaiting(recorded, by)
  // The execution may have ended, or may no longer exist, without a recorded end. That end then takes precedence.
  if (!(await stopExecution(recorded, by))) await reconcileOperation(recorded.operationId)
  // The status event would also record the end, but later. Without this write, a caller that cancels and sends another
  // request at once would find the lock held. The function for the status event sends the notification.
  await endOperation(recorded, { status: 'cancelled', error: cancelled(recorded.cluster, by) })
  return readOperationItem(recorded.operationId)
}

/** @throws {ProblemError} 409 when another operation has begun to apply the spec that `recorded` wrote */
async function cancelWaiting(recorded: OperationItem, by: string): Promise<OperationItem | undefined> {
  const { operationId, cluster } = recorded
  const waiting = cluster === undefined ? undefined : await readWaiting(cluster, operationId)
  if (waiting?.broughtAboutBy !== undefined) throw alreadyBegun(waiting.broughtAboutBy)
  await endOperation(recorded, { status: 'cancelled', error: cancelledWaiting(cluster, by) })
  if (cluster !== undefined) await forgetWaiting(cluster, operationId)
  return readOperationItem(operationId)
}

function alreadyBegun(by: string): ProblemError {
  const detail = `Operation ${by} already applies the changes of this operation, together with those of other operations: cancel operation ${by}`
  return new ProblemError(problem('conflict', { detail }))
}

function alreadyEnded(call: ApiCall, operationId: string): ProblemError {
  return new ProblemError(
    problem('conflict', { detail: 'The operation has already ended', instance: locationOf(call, operationId) }),
  )
}
