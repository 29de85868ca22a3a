import { revocationBody, revocationRequest } from '../../workflows/signing-keys/signing-keys.ts'
import { revocationChecks } from '../access/checks.ts'
import { findCluster } from '../clusters/find-cluster.ts'
import type { ApiCall } from '../operation.ts'
import { clusterIn } from '../path-names.ts'
import { ProblemError, problem } from '../problem.ts'
import { readOptionalBody } from '../request/read-optional-body.ts'
import { starting } from '../starts/starting.ts'

export const handler = starting({
  authorizes: (call) => {
    const body = readOptionalBody(call, revocationBody)
    return { checks: revocationChecks(clusterIn(call), body), input: body }
  },
  requests: async (call, { force }) => {
    const recorded = await findCluster(call)
    const { cluster } = recorded.cluster
    const revocation = revocationRequest(recorded.cluster, { kid: kidIn(call), force, revokedBy: call.caller })
    if ('refused' in revocation) throw new ProblemError(problem('conflict', { detail: revocation.refused }))
    if ('known' in revocation) throw unknownKey(cluster, revocation.known)
    return { kind: 'key-revocation', cluster, request: revocation.request, change: 'same spec', basedOn: recorded }
  },
})

function kidIn({ parameters: { kid = '' } }: ApiCall): string {
  return kid
}

function unknownKey(cluster: string, known: readonly string[]): ProblemError {
  const published = known.length === 0 ? 'none' : known.join(', ')
  const detail = `The deployment publishes no key of this ID for ${cluster}. Published keys: ${published}`
  return new ProblemError(problem('not-found', { detail }))
}
