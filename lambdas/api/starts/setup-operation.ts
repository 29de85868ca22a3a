import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import { declaredWorkloads, leaving, newGeneration } from '../../operations/record/generation.ts'
import type { DeclaredWorkload } from '../../operations/record/record.ts'
import type { RequestedOperation } from '../../operations/start/start-operation.ts'
import { itemOf, type WorkloadRef } from '../../ownership/ownership.ts'
import type { SetupRequest } from '../../spec/setup-request.ts'
import { workloadResource } from '../access/checks.ts'
import type { AllowedCall } from '../operation.ts'
import { withRecordedIssuer } from '../spec/recorded-issuer.ts'
import { withRecordedBucket } from '../spec/recorded-spec.ts'
import { refuseSharedRoles } from '../spec/shared-roles.ts'
import { refuseTooLarge } from '../spec/spec-change.ts'

/**
 * The setup that a request starts. It removes the workloads that this request takes out of the spec, as authorized. It
 * also removes those that left the spec earlier and still exist, if the caller may remove them.
 *
 * @param requested with the workloads to set up
 * @param recorded undefined when no setup of the cluster was ever requested
 * @param workloads all workloads of the new spec
 * @throws {ProblemError} 409 when the spec would be too large, or two of its workloads would have one role
 */
export function setupOperation(
  call: Pick<AllowedCall, 'maySee'>,
  requested: SetupRequest,
  recorded: RecordedCluster | undefined,
  workloads: readonly DeclaredWorkload[],
): RequestedOperation {
  const request = withRecordedIssuer(requested, recorded?.cluster)
  const { name } = request.cluster
  refuseSharedRoles(name, request.workloads, workloads)
  const spec = { ...withRecordedBucket(request, recorded?.cluster), workloads: [...workloads] }
  const declared = new Set(recorded ? declaredWorkloads(recorded).map(itemOf) : [])
  const mayRemove = (one: WorkloadRef) =>
    call.maySee({ action: 'tear-down-workload', resource: workloadResource(name, one) })
  const left = leaving(recorded, workloads)
  const removed = left.filter((one) => declared.has(itemOf(one)) || mayRemove(one))
  // The operation that applies queued changes removes all workloads that have left the spec.
  refuseTooLarge({ ...spec, removed: left })
  return {
    kind: 'setup',
    cluster: name,
    request: { ...request, ...(removed.length > 0 && { removed }) },
    change: newGeneration(spec, recorded),
    basedOn: recorded,
    mayWait: true,
  }
}
