/** Schemas of workloads in their list, and source of the OpenAPI description. */
import * as z from 'zod/mini'
import type { Holder } from '../../operations/lock/stale-lock.ts'
import { type ListedWorkload, manager, workloadConditionTypes, workloadStatus } from '../../operations/record/record.ts'
import { workloadFields } from '../../spec/setup-request.ts'
import { conditionsOf, listed } from '../clusters/condition-view.ts'
import { health, healthOf } from '../clusters/health.ts'
import { nextPath } from '../next-path.ts'

/** Fields of a workload in every view. */
export const declaredFields = {
  manager: z.exactOptional(manager),
  leaving: z.exactOptional(
    z
      .literal(true)
      .check(
        z.describe('true: the workload has left the spec, and is not removed yet. Such a workload has no manager'),
      ),
  ),
}

export function declaredBy(manager: string | undefined) {
  return manager === undefined ? { leaving: true as const } : { manager }
}

export const workloadSummary = z.object({
  cluster: z.string(),
  ...workloadFields,
  ...declaredFields,
  roleArn: z.exactOptional(z.string().check(z.describe('ARN of the role. Absent before a setup has created the role'))),
  verifiedAt: workloadStatus.shape.verifiedAt,
  refusedAt: workloadStatus.shape.refusedAt,
  health,
  conditions: conditionsOf(workloadConditionTypes),
  runningOperationId: z.exactOptional(
    z.string().check(z.describe('The operation that may change the cluster, and thus the workload')),
  ),
})

export const workloadPage = z.object({ workloads: z.array(workloadSummary), next: nextPath })

/**
 * @param manager undefined when the workload has left the spec
 * @param holder the operation that may change the cluster of the workload now
 */
export function workloadSummaryOf(
  workload: ListedWorkload,
  { manager, holder }: { readonly manager: string | undefined; readonly holder: Holder | undefined },
): z.output<typeof workloadSummary> {
  const { cluster, namespace, serviceAccount, status } = workload
  const { role, verifiedAt, refusedAt } = status
  const conditions = listed(status.conditions)
  return {
    cluster,
    namespace,
    serviceAccount,
    ...declaredBy(manager),
    ...(role && { roleArn: role.roleArn }),
    ...(verifiedAt !== undefined && { verifiedAt }),
    ...(refusedAt !== undefined && { refusedAt }),
    health: healthOf(conditions, holder !== undefined),
    conditions,
    ...(holder && { runningOperationId: holder.operationId }),
  }
}
