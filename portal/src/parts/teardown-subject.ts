import type { Teardown } from '../api/start.ts'

/** The subject of a teardown: the cluster, or the workload as the command line names it. */
export function subjectOf({ cluster, workload }: Pick<Teardown, 'cluster' | 'workload'>): string {
  return workload === undefined ? cluster : `${workload.namespace}/${workload.serviceAccount}`
}
