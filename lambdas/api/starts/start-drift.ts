import { driftBody, driftRequest } from '../../workflows/comparison/drift.ts'
import { chosenResource } from '../access/checks.ts'
import { findCluster } from '../clusters/find-cluster.ts'
import { deployment } from '../deployment.ts'
import { clusterIn } from '../path-names.ts'
import { ProblemError, problem } from '../problem.ts'
import { readOptionalBody } from '../request/read-optional-body.ts'
import { refusedNow } from '../spec/refused-now.ts'
import { findWorkload } from '../workloads/find-workload.ts'
import { starting } from './starting.ts'

export const handler = starting({
  authorizes: (call) => {
    const body = readOptionalBody(call, driftBody)
    const resource = chosenResource(clusterIn(call), body.workload)
    return { checks: [{ action: 'start-drift', resource }], input: body }
  },
  requests: async (call, body) => {
    const recorded = await findCluster(call)
    if (body.workload) findWorkload(call, recorded, body.workload)
    const drift = driftRequest(recorded, body.workload, refusedNow(recorded, deployment()))
    if ('refused' in drift) throw new ProblemError(problem('conflict', { detail: drift.refused }))
    return { kind: 'drift', cluster: recorded.cluster.cluster, request: drift.request }
  },
})
