import type { components } from './types.ts'

/** "default/s3-reader" for a teardown that removes only this workload. Undefined for every other operation. */
export function removedWorkload({
  workload,
}: Pick<components['schemas']['OperationSummary'], 'workload'>): string | undefined {
  return workload && `${workload.namespace}/${workload.serviceAccount}`
}
