import { addedWorkload } from '../domain/add-workload.ts'
import { invalidRequest } from '../domain/problem.ts'
import { maxRequestBytes } from '../domain/request.ts'
import { operation, Refusal } from '../middleware/operation.ts'
import { readJson } from '../middleware/read-json.ts'
import { acceptSetup } from './accept-setup.ts'
import { deployment } from './deployment.ts'
import { findCluster } from './find-cluster.ts'

export const handler = operation(async (call) => {
  const workload = readJson(call, maxRequestBytes)
  const { cluster } = await findCluster(call)
  const parsed = addedWorkload(cluster.asked, workload, deployment())
  if (!parsed.ok) throw new Refusal(invalidRequest(parsed.faults))
  return acceptSetup(call, parsed.request)
})
