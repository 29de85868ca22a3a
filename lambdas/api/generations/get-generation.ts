import { readGeneration } from '../../operations/lists/generation-list.ts'
import { keptGenerations } from '../../operations/record/generation.ts'
import { clusterResource, workloadResource } from '../access/checks.ts'
import { findCluster } from '../clusters/find-cluster.ts'
import { type AllowedCall, operation } from '../operation.ts'
import { clusterIn } from '../path-names.ts'
import { ProblemError, problem } from '../problem.ts'
import { generationViewOf } from './generation-view.ts'

export const handler = operation({
  authorizes: (call) => {
    const cluster = clusterIn(call)
    return { checks: [{ action: 'get-cluster', resource: clusterResource(cluster) }], input: cluster }
  },
  runs: async (call, cluster) => {
    const { generation = '' } = call.parameters
    const item = /^\d{1,10}$/.test(generation) ? await readGeneration(cluster, Number(generation)) : undefined
    if (!item) throw await unknownGeneration(call)
    const body = generationViewOf(item, (workload) =>
      call.maySee({ action: 'read-workload', resource: workloadResource(cluster, workload) }),
    )
    return { status: 200, body }
  },
})

/** @throws {ProblemError} 404 when the cluster is not recorded */
async function unknownGeneration(call: AllowedCall): Promise<ProblemError> {
  const { cluster } = await findCluster(call)
  const oldest = Math.max(1, cluster.generation - keptGenerations + 1)
  const detail = `The spec of the cluster has no generation of this number: the newest ${keptGenerations} are kept, now ${oldest} to ${cluster.generation}`
  return new ProblemError(problem('not-found', { detail }))
}
