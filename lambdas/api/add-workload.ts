import { hashOf } from '../operations/request-hash.ts'
import { accept } from './accept.ts'
import { addedWorkload } from './added-workload.ts'
import { deployment } from './deployment.ts'
import { findCluster } from './find-cluster.ts'
import { operation, ProblemError } from './operation.ts'
import { maxRequestBytes } from './parse-setup.ts'
import { invalidRequest } from './problem.ts'
import { readJson } from './read-json.ts'
import { setupOperation } from './setup-operation.ts'

export const handler = operation((call) => {
  const workload = readJson(call, maxRequestBytes)
  // The hash covers what was sent, without the cluster's spec. The same workload is the same request, even when the
  // cluster's spec has changed since.
  const requestHash = hashOf(['workload', call.parameters.cluster, workload])
  return accept(call, requestHash, async () => {
    const recorded = await findCluster(call)
    const parsed = addedWorkload(recorded.cluster.spec, workload, deployment())
    if (!parsed.ok) throw new ProblemError(invalidRequest(parsed.issues))
    return setupOperation(parsed.request, recorded)
  })
})
