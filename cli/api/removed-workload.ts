import type { components } from './types.ts'

/** "default/s3-reader" of a teardown that removes one workload, whose cluster stays; undefined of every other operation. */
export function removedWorkload({
  workload,
}: Pick<components['schemas']['OperationSummary'], 'workload'>): string | undefined {
  return workload && `${workload.namespace}/${workload.serviceAccount}`
}
