import { hashOf } from '../operations/request-hash.ts'
import { accept } from './accept.ts'
import { findCluster } from './find-cluster.ts'
import { findWorkload } from './find-workload.ts'
import { operation } from './operation.ts'
import { readQuery, workloadTeardownQuery } from './queries.ts'
import { teardownOperation } from './teardown-operation.ts'

export const handler = operation((call) => {
  const options = { ...readQuery(workloadTeardownQuery, call.query), deleteCluster: false }
  const { cluster, namespace = '', serviceAccount = '' } = call.parameters
  const workload = { namespace, serviceAccount }
  const requestHash = hashOf(['teardown', cluster, { workload, options }])
  return accept(call, requestHash, async () => {
    const recorded = await findCluster(call)
    findWorkload(recorded, workload)
    return teardownOperation(recorded, { workload, options })
  })
})
