import type { RecordedCluster } from '../../../lambdas/operations/record/cluster-record.ts'
import type { ClusterItem, WorkloadItem } from '../../../lambdas/operations/record/record.ts'
import type { WorkloadRef } from '../../../lambdas/ownership/ownership.ts'
import type { Workload } from '../../../lambdas/spec/setup-request.ts'
import { exampleSpec } from './operations.ts'

const at = '2026-11-25T12:00:00.000Z'

/** A role with no policies. */
export const bareRole = { name: 'r', policyArns: [], maxSessionSeconds: 3600 } satisfies Workload['role']

/** The record of a cluster without observations, with some of its fields set otherwise. */
export function clusterRecord({ spec = exampleSpec('setup'), ...fields }: Partial<ClusterItem> = {}): ClusterItem {
  return {
    cluster: spec.cluster.name,
    spec,
    status: { conditions: {} },
    generation: 1,
    lastOperationId: 'o',
    createdAt: at,
    updatedAt: at,
    ...fields,
  }
}

interface Declared {
  readonly role?: Workload['role']
  readonly manager?: string
  readonly status?: WorkloadItem['status']
}

/** The record of a workload of the spec, without observations unless these are given. */
export function workloadRecord(
  { namespace, serviceAccount }: WorkloadRef,
  { role = bareRole, manager = 'api', status = { conditions: {} } }: Declared = {},
) {
  return { namespace, serviceAccount, spec: role, manager, status, updatedAt: at }
}

/** The record of a workload that has left the spec. */
export function leavingWorkload({ namespace, serviceAccount }: WorkloadRef) {
  return { namespace, serviceAccount, status: { conditions: {} }, updatedAt: at }
}

/** Reads the record of a cluster, which must exist. */
export async function recordedCluster(cluster: string): Promise<RecordedCluster> {
  const { readCluster } = await import('../../../lambdas/operations/record/cluster-record.ts')
  const recorded = await readCluster(cluster)
  if (!recorded) throw new Error(`${cluster} is not recorded`)
  return recorded
}
