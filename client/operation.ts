import type { Operation, OperationSummary } from './api.ts'
import { nameOf } from './workload.ts'

/** Whether the name of an operation should mention the dry run. A plan and a drift are always dry runs. */
export function isNamedDryRun({ kind, dryRun }: Pick<OperationSummary, 'kind' | 'dryRun'>): boolean {
  return dryRun === true && kind !== 'plan' && kind !== 'drift'
}

/** "default/s3-reader" for a teardown that removes only this workload. Undefined for every other operation. */
export function removedWorkload({ workload }: Pick<OperationSummary, 'workload'>): string | undefined {
  return workload && nameOf(workload)
}

/** Whether a setup may follow a plan. After an incomplete plan, the setup can wait for what the plan could not read. */
export function isPossible(operation: Pick<Operation, 'status' | 'result'> | undefined): boolean {
  if (operation?.status !== 'succeeded' || operation.result === undefined) return false
  return 'writes' in operation.result && operation.result.outcome !== 'refused'
}

/** The state of a step, and the workload if the state runs for each workload. */
export function stepName({ state, item }: Pick<Operation['steps'][number], 'state' | 'item'>): string {
  return item === undefined ? state : `${state} ${item}`
}
