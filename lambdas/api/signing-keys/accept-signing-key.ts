import { acceptance, acceptanceBody, acceptedKeyStatesOf } from '../../discovery/acceptance.ts'
import { recordAcceptedKey } from '../../operations/record/cluster-record.ts'
import { isAmong } from '../../ownership/keys.ts'
import { clusterResource } from '../access/checks.ts'
import { findCluster } from '../clusters/find-cluster.ts'
import { operation } from '../operation.ts'
import { clusterIn } from '../path-names.ts'
import { ProblemError, problem } from '../problem.ts'
import { readOptionalBody } from '../request/read-optional-body.ts'

/** Starts no operation: the operation that waits for the key holds the lock, and publishes the key at its next poll. */
export const handler = operation({
  authorizes: (call) => {
    const resource = clusterResource(clusterIn(call))
    return { checks: [{ action: 'accept-signing-key', resource }], input: undefined }
  },
  runs: async (call) => {
    const { thumbprint } = readOptionalBody(call, acceptanceBody)
    const { cluster, status } = (await findCluster(call)).cluster
    const { acceptedKeys = [] } = status
    const { kid = '' } = call.parameters
    const accepted = acceptance(status, { kid, thumbprint, acceptedBy: call.caller, now: new Date() })
    if ('known' in accepted) throw unknownKey(cluster, accepted.known)
    if (isAmong(acceptedKeys, accepted.key)) return { status: 200, body: acceptedKeyStatesOf(status) }
    if (!(await recordAcceptedKey(cluster, accepted.key, status))) throw changed(cluster)
    return { status: 200, body: acceptedKeyStatesOf({ ...status, acceptedKeys: [...acceptedKeys, accepted.key] }) }
  },
})

function unknownKey(cluster: string, known: readonly string[]): ProblemError {
  const waiting = known.length === 0 ? 'none' : known.join(', ')
  const detail = `No key of ${cluster} with this ID and thumbprint waits to be accepted. Waiting keys: ${waiting}`
  return new ProblemError(problem('not-found', { detail }))
}

function changed(cluster: string): ProblemError {
  const detail = `The waiting keys of ${cluster} have just changed: read waitingKeys of its status, and send the request again`
  return new ProblemError(problem('conflict', { detail }))
}
