import { requestedWorkload } from '../../spec/schema.ts'
import { addedWorkloadChecks, clusterResource } from '../access/checks.ts'
import { findCluster } from '../clusters/find-cluster.ts'
import { deployment } from '../deployment.ts'
import type { Checks } from '../operation.ts'
import { clusterIn } from '../path-names.ts'
import { invalidRequest, ProblemError } from '../problem.ts'
import { declaringQuery, readQuery } from '../queries.ts'
import { maxRequestBytes } from '../request/parse-setup.ts'
import { readJson } from '../request/read-json.ts'
import { requestedClaims } from '../spec/requested-claims.ts'
import { mergedWorkloads, refuseConflicts } from '../spec/spec-change.ts'
import { addedWorkload } from './added-workload.ts'
import { setupOperation } from './setup-operation.ts'
import { starting } from './starting.ts'

export const handler = starting({
  authorizes: (call) => {
    const workload = readJson(call, maxRequestBytes)
    const options = readQuery(declaringQuery, call.query)
    return { checks: checksOf(clusterIn(call), workload), input: { workload, options } }
  },
  requests: async (call, { workload, options }) => {
    const recorded = await findCluster(call)
    const parsed = addedWorkload(recorded.cluster.spec, workload, deployment())
    if (!parsed.ok) throw new ProblemError(invalidRequest(parsed.issues))
    const change = mergedWorkloads(recorded, { ...options, workloads: parsed.request.workloads })
    refuseConflicts(change)
    return {
      ...setupOperation(call, parsed.request, recorded, change.workloads),
      ...(await requestedClaims(call, parsed.request, recorded)),
    }
  },
})

/** A body that is no workload starts nothing. Callers that may read the cluster get its validation issues. */
function checksOf(cluster: string, body: unknown): Checks {
  const parsed = requestedWorkload.safeParse(body)
  if (parsed.success) return addedWorkloadChecks(cluster, parsed.data, deployment().name)
  return [{ action: 'get-cluster', resource: clusterResource(cluster) }]
}
