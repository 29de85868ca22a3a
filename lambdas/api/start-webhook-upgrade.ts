import { hashOf } from '../operations/request-hash.ts'
import { upgradeBody, upgradeRequest } from '../workflows/webhook-upgrade/webhook-upgrade.ts'
import { accept } from './accept.ts'
import { findCluster } from './find-cluster.ts'
import { operation, ProblemError } from './operation.ts'
import { clusterIn } from './path-names.ts'
import { invalidRequest, problem } from './problem.ts'
import { upgradeQuestions } from './questions.ts'
import { readOptionalBody } from './read-optional-body.ts'

export const handler = operation({
  asks: (call) => {
    const body = readOptionalBody(call, upgradeBody)
    return { questions: upgradeQuestions(clusterIn(call), body), subject: body }
  },
  runs: (call, body) => {
    const requestHash = hashOf(['webhook-upgrade', call.parameters.cluster, body])
    return accept(call, requestHash, async () => {
      const recorded = await findCluster(call)
      const made = upgradeRequest(recorded.cluster, body)
      if ('issues' in made) throw new ProblemError(invalidRequest(made.issues))
      if ('refused' in made) throw new ProblemError(problem('conflict', { detail: made.refused }))
      const { cluster } = recorded.cluster
      const { request } = made
      return {
        kind: 'webhook-upgrade',
        cluster,
        request,
        ...(!body.dryRun && { change: 'same spec' }),
        madeFrom: recorded,
      }
    })
  },
})
