import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import { declaredWorkloads, newGeneration } from '../../operations/record/generation.ts'
import type { DeclaredSpec } from '../../operations/record/record.ts'
import type { RequestedOperation } from '../../operations/start/start-operation.ts'
import { itemOf, type WorkloadRef } from '../../ownership/ownership.ts'
import { type TeardownOptions, teardownOf } from '../../workflows/teardown/teardown.ts'
import { ProblemError, problem } from '../problem.ts'

/**
 * The teardown of a recorded cluster, or of one of its workloads.
 *
 * @throws {ProblemError} 409 when deleteCluster is set and the cluster existed before any setup
 */
export function teardownOperation(
  recorded: RecordedCluster,
  { workload, options }: { readonly workload?: WorkloadRef; readonly options: TeardownOptions },
): RequestedOperation {
  const teardown = teardownOf(recorded, workload, options)
  if ('refused' in teardown) throw new ProblemError(problem('conflict', { detail: teardown.refused }))
  const { cluster } = recorded.cluster
  const change = workload ? newGeneration(specWithout(recorded, workload), recorded) : 'same spec'
  return {
    kind: 'teardown',
    cluster,
    ...(workload && { workload }),
    request: teardown.request,
    ...(options.dryRun ? {} : { change, basedOn: recorded }),
  }
}

/** The spec without the workload. The manager of the workload is not checked, because the caller names the workload. */
function specWithout(recorded: RecordedCluster, workload: WorkloadRef): DeclaredSpec {
  const workloads = declaredWorkloads(recorded).filter((one) => itemOf(one) !== itemOf(workload))
  return { ...recorded.cluster.spec, workloads }
}
