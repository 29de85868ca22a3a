import { invokeFunction } from '../../e2e/support/invoke.ts'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import type { System } from '../../e2e/support/system.ts'

/** Calls the reconciler for the end of an execution, as Lambda does again when it has failed. */
export async function callForEnd(system: System, { operationId: name, status }: OperationAnswer): Promise<void> {
  await invokeFunction(system, 'ReconcilerFunction', { detail: { name, status: status.toUpperCase() } })
}

/** Calls the reconciler as its schedule does every minute. */
export async function callBySchedule(system: System): Promise<void> {
  await invokeFunction(system, 'ReconcilerFunction', {})
}
