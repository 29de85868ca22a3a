import { refreshRequest } from '../../workflows/signing-keys/signing-keys.ts'
import { clusterResource } from '../access/checks.ts'
import { findCluster } from '../clusters/find-cluster.ts'
import { clusterIn } from '../path-names.ts'
import { ProblemError, problem } from '../problem.ts'
import { starting } from '../starts/starting.ts'

export const handler = starting({
  authorizes: (call) => {
    const resource = clusterResource(clusterIn(call))
    return { checks: [{ action: 'refresh-signing-keys', resource }], input: undefined }
  },
  requests: async (call) => {
    const recorded = await findCluster(call)
    const refresh = refreshRequest(recorded.cluster)
    if ('refused' in refresh) throw new ProblemError(problem('conflict', { detail: refresh.refused }))
    const { cluster } = recorded.cluster
    return { kind: 'key-refresh', cluster, request: refresh.request, change: 'same spec', basedOn: recorded }
  },
})
