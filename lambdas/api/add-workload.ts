import { addedWorkload } from '../domain/add-workload.ts'
import { invalidRequest } from '../domain/problem.ts'
import { hashOf } from '../domain/request/normalise.ts'
import { maxRequestBytes } from '../domain/request.ts'
import { operation, Refusal } from '../middleware/operation.ts'
import { readJson } from '../middleware/read-json.ts'
import { accept } from './accept.ts'
import { askedSetup } from './asked-setup.ts'
import { deployment } from './deployment.ts'
import { findCluster } from './find-cluster.ts'

export const handler = operation((call) => {
  const workload = readJson(call, maxRequestBytes)
  // Of what was sent: the same workload is the same request, whatever is asked of its cluster by then.
  const requestHash = hashOf(['workload', call.parameters.cluster, workload])
  return accept(call, requestHash, async () => {
    const recorded = await findCluster(call)
    const parsed = addedWorkload(recorded.cluster.asked, workload, deployment())
    if (!parsed.ok) throw new Refusal(invalidRequest(parsed.faults))
    return askedSetup(parsed.request, recorded)
  })
})
