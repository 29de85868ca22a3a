import type { WorkloadItem } from '../operations/record/record.ts'
import type { Workload } from '../spec/setup-request.ts'

export interface AppliedWorkload {
  readonly roleArn: string
  readonly workload: Workload
}

/** The workload with the role that create-role last applied; undefined before create-role has applied one. */
export function appliedWorkload({ namespace, serviceAccount, status }: WorkloadItem): AppliedWorkload | undefined {
  const { role } = status
  return role?.applied && { roleArn: role.roleArn, workload: { namespace, serviceAccount, role: role.applied } }
}
