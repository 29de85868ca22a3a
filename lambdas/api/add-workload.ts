import { hashOf } from '../operations/request-hash.ts'
import { accept } from './accept.ts'
import { addedWorkload } from './added-workload.ts'
import { askedSetup } from './asked-setup.ts'
import { deployment } from './deployment.ts'
import { findCluster } from './find-cluster.ts'
import { operation, ProblemError } from './operation.ts'
import { maxRequestBytes } from './parse-setup.ts'
import { invalidRequest } from './problem.ts'
import { readJson } from './read-json.ts'

export const handler = operation((call) => {
  const workload = readJson(call, maxRequestBytes)
  // Of what was sent: the same workload is the same request, whatever is asked of its cluster by then.
  const requestHash = hashOf(['workload', call.parameters.cluster, workload])
  return accept(call, requestHash, async () => {
    const recorded = await findCluster(call)
    const parsed = addedWorkload(recorded.cluster.spec, workload, deployment())
    if (!parsed.ok) throw new ProblemError(invalidRequest(parsed.issues))
    return askedSetup(parsed.request, recorded)
  })
})
