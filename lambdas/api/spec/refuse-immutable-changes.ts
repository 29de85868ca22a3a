import { type RecordedCluster, readCluster } from '../../operations/record/cluster-record.ts'
import type { WorkloadRef } from '../../ownership/ownership.ts'
import type { SetupRequest } from '../../spec/setup-request.ts'
import { workloadResource } from '../access/checks.ts'
import type { AllowedCall } from '../operation.ts'
import { ProblemError, problem } from '../problem.ts'
import { immutableChangesIn } from './immutable-fields.ts'

/**
 * Rejects changes of immutable fields. Returns the record of the cluster; undefined if no setup was ever requested.
 *
 * @throws {ProblemError} 409 when the request changes immutable fields; the error names each of them
 */
export async function refuseImmutableChanges(
  call: AllowedCall,
  request: SetupRequest,
): Promise<RecordedCluster | undefined> {
  const { name } = request.cluster
  const recorded = await readCluster(name)
  const isVisible = (workload: WorkloadRef) =>
    call.maySee({ action: 'read-workload', resource: workloadResource(name, workload) })
  const issues = recorded ? immutableChangesIn(request, recorded, isVisible) : []
  if (issues.length === 0) return recorded
  const detail = 'A setup does not move existing objects: objects at the old location would be orphaned'
  throw new ProblemError(problem('conflict', { detail, issues }))
}
