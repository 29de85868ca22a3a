import { verificationBody, verificationRequest } from '../../workflows/verification/verification.ts'
import { chosenResource } from '../access/checks.ts'
import { findCluster } from '../clusters/find-cluster.ts'
import { clusterIn } from '../path-names.ts'
import { ProblemError, problem } from '../problem.ts'
import { readOptionalBody } from '../request/read-optional-body.ts'
import { findWorkload } from '../workloads/find-workload.ts'
import { starting } from './starting.ts'

export const handler = starting({
  authorizes: (call) => {
    const body = readOptionalBody(call, verificationBody)
    const resource = chosenResource(clusterIn(call), body.workload)
    return { checks: [{ action: 'start-verification', resource }], input: body }
  },
  requests: async (call, body) => {
    const recorded = await findCluster(call)
    if (body.workload) findWorkload(call, recorded, body.workload)
    const verification = verificationRequest(recorded, body.workload)
    if ('refused' in verification) throw new ProblemError(problem('conflict', { detail: verification.refused }))
    return { kind: 'verification', cluster: recorded.cluster.cluster, request: verification.request }
  },
})
