import type { OperationAnswer } from '../operation.ts'
import type { AnySystem } from '../system.ts'
import { invokeFunction } from './functions.ts'

/** Calls the reconciler for the end of an execution, as the retries of Lambda do. */
export async function callForEnd(system: AnySystem, { operationId: name, status }: OperationAnswer): Promise<void> {
  await invokeFunction(system, 'ReconcilerFunction', { detail: { name, status: status.toUpperCase() } })
}

/** Calls the reconciler as its schedule does every minute. */
export async function callBySchedule(system: AnySystem): Promise<void> {
  await invokeFunction(system, 'ReconcilerFunction', {})
}
