import { hashOf } from '../operations/request-hash.ts'
import { revocationBody, revocationRequest } from '../workflows/signing-keys/signing-keys.ts'
import { accept } from './accept.ts'
import { findCluster } from './find-cluster.ts'
import { operation, ProblemError } from './operation.ts'
import { clusterIn } from './path-names.ts'
import { problem } from './problem.ts'
import { revocationQuestions } from './questions.ts'
import { readOptionalBody } from './read-optional-body.ts'

export const handler = operation({
  asks: (call) => {
    const body = readOptionalBody(call, revocationBody)
    return { questions: revocationQuestions(clusterIn(call), body), subject: body }
  },
  runs: (call, { force }) => {
    const { cluster: name, kid = '' } = call.parameters
    return accept(call, hashOf(['key-revocation', name, kid, { force }]), async () => {
      const recorded = await findCluster(call)
      const { cluster } = recorded.cluster
      const made = revocationRequest(recorded.cluster, { kid, force, revokedBy: call.caller })
      if ('refused' in made) throw new ProblemError(problem('conflict', { detail: made.refused }))
      if ('known' in made) throw unknownKey(cluster, made.known)
      return { kind: 'key-revocation', cluster, request: made.request, change: 'same spec', madeFrom: recorded }
    })
  },
})

function unknownKey(cluster: string, known: readonly string[]): ProblemError {
  const published = known.length === 0 ? 'none' : known.join(', ')
  const detail = `The deployment publishes no key of this ID for ${cluster}. Published are: ${published}`
  return new ProblemError(problem('not-found', { detail }))
}
