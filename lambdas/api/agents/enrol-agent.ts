import { createHash } from 'node:crypto'
import { enrol, readAgentAndRevokedKeys, readCode } from '../../agent/agent-record.ts'
import { enrolmentBody } from '../../agent/messages.ts'
import { neededFrom } from '../../agent/relay.ts'
import { signingKeyResource } from '../../claims/claim.ts'
import { recordedOwner } from '../../claims/claims.ts'
import { usableKeys } from '../../clouds/public-key.ts'
import { identified } from '../../discovery/published-keys.ts'
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
  const keys = await unrevoked(usableKeys(keySet), revoked)
  const verified = await verifiedToken(token, keys)
  if (!verified) throw notEnrolled(cluster, 'The token of the agent is not signed with a key of the API server')
  const thumbprints = await identified(keys)
  for (const { thumbprint } of thumbprints) await requireNoOtherOwner(cluster, thumbprint)
  const now = new Date().toISOString()
  // A setup may already wait for the agent, so the agent calls without a pause at first.
  const neededUntil = neededFrom(new Date()).toISOString()
  const enrolled = { enrolledAt: now, enrolledBy: stored.createdBy, calledAt: now, neededUntil }
  const agent = { ...verified, ...enrolled, keys, facts }
  if (!(await enrol(cluster, agent, { hash, renews: stored.renews }))) {
    throw notEnrolled(cluster, 'The code was used or replaced meanwhile, or another agent is enrolled')
  }
  log('info', 'agent enrolled', {
    cluster,
    enrolledBy: stored.createdBy,
    keys: thumbprints.map((one) => one.thumbprint),
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
