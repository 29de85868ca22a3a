import { createHash } from 'node:crypto'
import { addedKeys } from '../../agent/agent-keys.ts'
import { enrol, readAgentAndRevokedKeys, readCode } from '../../agent/agent-record.ts'
import { enrolmentBody } from '../../agent/messages.ts'
import { neededFrom } from '../../agent/relay.ts'
import { signingKeyResource } from '../../claims/claim.ts'
import { recordedOwner } from '../../claims/claims.ts'
import { log } from '../../log.ts'
import { openOperation } from '../operation.ts'
import { clusterIn } from '../path-names.ts'
import { ProblemError, problem } from '../problem.ts'
import { notEnrolled, readBody, tokenIn, unrevoked, verifiedToken } from './agent-call.ts'

const maxBytes = 200_000

/** Enrols the agent that has the code of `wid enroll`. The code works once. */
export const handler = openOperation(async (call) => {
  const cluster = clusterIn(call)
  const token = tokenIn(call)
  const { code, keySet, facts } = readBody(call, enrolmentBody, maxBytes)
  const hash = hashOf(code)
  const [stored, { revoked }] = await Promise.all([readCode(cluster, hash), readAgentAndRevokedKeys(cluster)])
  if (!stored) throw notEnrolled(cluster, `The code is not valid for cluster ${cluster}, was used, or has expired`)
  const keys = await unrevoked(keySet, revoked)
  const verified = await verifiedToken(token, keys)
  if (!verified) throw notEnrolled(cluster, 'The token of the agent is not signed with a key of the API server')
  for (const { thumbprint } of keys) await requireNoOtherOwner(cluster, thumbprint)
  const now = new Date()
  const agent = {
    accountUid: verified.accountUid,
    keys: addedKeys(keys, now),
    facts,
    enrolledAt: now.toISOString(),
    enrolledBy: stored.createdBy,
    calledAt: now.toISOString(),
    // A setup may already wait for the agent, so the agent calls without a pause at first.
    neededUntil: neededFrom(now).toISOString(),
  }
  if (!(await enrol(cluster, agent, { hash, renews: stored.renews }))) {
    throw notEnrolled(cluster, 'The code was used or replaced meanwhile, or another agent is enrolled')
  }
  log('info', 'agent enrolled', {
    cluster,
    enrolledBy: stored.createdBy,
    keys: keys.map(({ thumbprint }) => thumbprint),
  })
  return { status: 200, body: {} }
})

/** SHA-256, lowercase hex. */
export function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex')
}

/** If another cluster owns the key, the agent runs in that cluster, and the code gives no right to its issuer. */
async function requireNoOtherOwner(cluster: string, thumbprint: string): Promise<void> {
  const owner = await recordedOwner(signingKeyResource(thumbprint))
  if (owner === undefined || owner === cluster) return
  // The response goes to the agent, whose operator may not see the other cluster.
  log('info', 'agent refused', { cluster, owner, thumbprint })
  const detail = `The signing key with the thumbprint ${thumbprint} belongs to another cluster of the deployment: install the agent in cluster ${cluster}`
  throw new ProblemError(problem('conflict', { detail }))
}
