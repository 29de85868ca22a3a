import { workloadTeardownChecks } from '../access/checks.ts'
import { findCluster } from '../clusters/find-cluster.ts'
import { clusterIn, workloadIn } from '../path-names.ts'
import { readQuery, workloadTeardownQuery } from '../queries.ts'
import { findWorkload } from '../workloads/find-workload.ts'
import { starting } from './starting.ts'
import { teardownOperation } from './teardown-operation.ts'

export const handler = starting({
  authorizes: (call) => {
    const options = { ...readQuery(workloadTeardownQuery, call.query), deleteCluster: false }
    const workload = workloadIn(call)
    const checks = workloadTeardownChecks(clusterIn(call), workload, options.force)
    return { checks, input: { workload, options } }
  },
  requests: async (call, { workload, options }) => {
    const recorded = await findCluster(call)
    findWorkload(call, recorded, workload)
    return teardownOperation(recorded, { workload, options })
  },
})
