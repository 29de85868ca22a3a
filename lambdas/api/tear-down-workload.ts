import { operation } from '../middleware/operation.ts'
import { acceptTeardown } from './accept-teardown.ts'
import { findCluster } from './find-cluster.ts'
import { findWorkload } from './find-workload.ts'
import { readQuery, workloadTeardownQuery } from './queries.ts'

export const handler = operation(async (call) => {
  const options = { ...readQuery(workloadTeardownQuery, call.query), deleteCluster: false }
  const recorded = await findCluster(call)
  const { namespace = '', serviceAccount = '' } = call.parameters
  const workload = { namespace, serviceAccount }
  findWorkload(recorded, workload)
  return acceptTeardown(call, recorded, { workload, options })
})
