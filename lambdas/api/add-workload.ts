import { hashOf } from '../operations/request-hash.ts'
import { requestedWorkload } from '../spec/schema.ts'
import { accept } from './accept.ts'
import { addedWorkload } from './added-workload.ts'
import { deployment } from './deployment.ts'
import { findCluster } from './find-cluster.ts'
import { operation, ProblemError, type Questions } from './operation.ts'
import { maxRequestBytes } from './parse-setup.ts'
import { clusterIn } from './path-names.ts'
import { invalidRequest } from './problem.ts'
import { declaringQuery, readQuery } from './queries.ts'
import { addedWorkloadQuestions, clusterResource } from './questions.ts'
import { readJson } from './read-json.ts'
import { requestedClaims } from './requested-claims.ts'
import { setupOperation } from './setup-operation.ts'
import { mergedWorkloads, refuseConflicts } from './spec-change.ts'

export const handler = operation({
  asks: (call) => {
    const workload = readJson(call, maxRequestBytes)
    const options = readQuery(declaringQuery, call.query)
    return { questions: questionsOf(clusterIn(call), workload), subject: { workload, options } }
  },
  runs: (call, { workload, options }) => {
    // The hash covers what was sent, without the cluster's spec. The same workload is the same request, even when the
    // cluster's spec has changed since.
    const requestHash = hashOf(['workload', call.parameters.cluster, workload, options])
    return accept(call, requestHash, async () => {
      const recorded = await findCluster(call)
      const parsed = addedWorkload(recorded.cluster.spec, workload, deployment())
      if (!parsed.ok) throw new ProblemError(invalidRequest(parsed.issues))
      const change = mergedWorkloads(recorded, { ...options, workloads: parsed.request.workloads })
      refuseConflicts(change)
      return {
        ...setupOperation(call, parsed.request, recorded, change.workloads),
        ...(await requestedClaims(call, parsed.request, recorded)),
      }
    })
  },
})

/** A body that is no workload starts nothing. Whoever sees the cluster gets the issues of the body. */
function questionsOf(cluster: string, body: unknown): Questions {
  const parsed = requestedWorkload.safeParse(body)
  if (parsed.success) return addedWorkloadQuestions(cluster, parsed.data, deployment().name)
  return [{ action: 'get-cluster', resource: clusterResource(cluster) }]
}
