import { requestedWorkload } from '../spec/schema.ts'
import { addedWorkload } from './added-workload.ts'
import { deployment } from './deployment.ts'
import { findCluster } from './find-cluster.ts'
import type { Questions } from './operation.ts'
import { maxRequestBytes } from './parse-setup.ts'
import { clusterIn } from './path-names.ts'
import { invalidRequest, ProblemError } from './problem.ts'
import { declaringQuery, readQuery } from './queries.ts'
import { addedWorkloadQuestions, clusterResource } from './questions.ts'
import { readJson } from './read-json.ts'
import { requestedClaims } from './requested-claims.ts'
import { setupOperation } from './setup-operation.ts'
import { mergedWorkloads, refuseConflicts } from './spec-change.ts'
import { starting } from './starting.ts'

export const handler = starting({
  asks: (call) => {
    const workload = readJson(call, maxRequestBytes)
    const options = readQuery(declaringQuery, call.query)
    return { questions: questionsOf(clusterIn(call), workload), subject: { workload, options } }
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

/** A body that is no workload starts nothing. Whoever sees the cluster gets the issues of the body. */
function questionsOf(cluster: string, body: unknown): Questions {
  const parsed = requestedWorkload.safeParse(body)
  if (parsed.success) return addedWorkloadQuestions(cluster, parsed.data, deployment().name)
  return [{ action: 'get-cluster', resource: clusterResource(cluster) }]
}
