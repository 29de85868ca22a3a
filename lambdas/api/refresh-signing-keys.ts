import { hashOf } from '../operations/request-hash.ts'
import { refreshRequest } from '../workflows/signing-keys/signing-keys.ts'
import { accept } from './accept.ts'
import { findCluster } from './find-cluster.ts'
import { operation, ProblemError } from './operation.ts'
import { clusterIn } from './path-names.ts'
import { problem } from './problem.ts'
import { clusterResource } from './questions.ts'

export const handler = operation({
  asks: (call) => {
    const resource = clusterResource(clusterIn(call))
    return { questions: [{ action: 'refresh-signing-keys', resource }], subject: undefined }
  },
  runs: (call) =>
    accept(call, hashOf(['key-refresh', call.parameters.cluster]), async () => {
      const recorded = await findCluster(call)
      const made = refreshRequest(recorded.cluster)
      if ('refused' in made) throw new ProblemError(problem('conflict', { detail: made.refused }))
      const { cluster } = recorded.cluster
      return { kind: 'key-refresh', cluster, request: made.request, change: 'same spec', madeFrom: recorded }
    }),
})
