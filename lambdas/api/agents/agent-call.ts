import type * as z from 'zod/mini'
import { type AgentItem, readAgentAndRevokedKeys } from '../../agent/agent-record.ts'
import {
  agentAudience,
  claimsToBeAgent,
  type SigningKey,
  type VerifiedAgent,
  verifiedAgent,
} from '../../agent/token.ts'
import { usableKeys } from '../../clouds/public-key.ts'
import { identified } from '../../discovery/published-keys.ts'
import { type Thumbprinted, without } from '../../ownership/keys.ts'
import { setting } from '../../settings.ts'
import type { Received } from '../operation.ts'
import { clusterIn } from '../path-names.ts'
import { ProblemError, problem } from '../problem.ts'
import { readJson } from '../request/read-json.ts'

export interface AgentCall {
  readonly cluster: string
  readonly agent: AgentItem
  /** The facts in the token of the call. */
  readonly by: VerifiedAgent
  /** The revoked signing keys of the cluster. A token that one of them has signed is refused. */
  readonly revoked: readonly Thumbprinted[]
}

/**
 * The enrolled agent that has sent the call.
 *
 * @throws {ProblemError} 401 when no agent of the cluster is enrolled, or when the token is not its token. The response
 *   is the same for both: a caller without a token must not learn the names of clusters
 */
export async function authenticated(call: Received): Promise<AgentCall> {
  const cluster = clusterIn(call)
  const token = tokenIn(call)
  const { agent, revoked } = await readAgentAndRevokedKeys(cluster)
  const by = agent && (await verifiedToken(token, without(agent.keys, revoked)))
  if (agent && by?.accountUid === agent.accountUid) return { cluster, agent, by, revoked }
  const reason =
    'The token is not one of the enrolled agent, its signing key is new or revoked, or the clock of the cluster is wrong'
  throw notEnrolled(cluster, reason)
}

/** The usable keys of a key set that are not revoked. */
export async function unrevoked(keySet: unknown, revoked: readonly Thumbprinted[]): Promise<SigningKey[]> {
  return without(await identified(usableKeys(keySet)), revoked)
}

/** The facts of a valid token that one of the keys has signed for an agent of this deployment. */
export function verifiedToken(token: string, keys: readonly SigningKey[]): Promise<VerifiedAgent | undefined> {
  return verifiedAgent(token, { ...audienceAndTime(), keys })
}

function audienceAndTime() {
  return { audience: agentAudience(setting('DEPLOYMENT')), now: new Date() }
}

/** @throws {ProblemError} 401 without a token for agents of this deployment. Reads nothing from the table */
export function tokenIn(call: Received): string {
  const [, token] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(call.headers.authorization ?? '') ?? []
  if (token !== undefined && claimsToBeAgent(token, audienceAndTime())) return token
  throw notEnrolled(clusterIn(call), 'The call has no token of an agent of this deployment, or an expired one')
}

export function notEnrolled(cluster: string, reason: string): ProblemError {
  const detail = `${reason}. Enrol the agent with "wid enroll ${cluster}", or with "wid enroll ${cluster} --renew" if an agent was enrolled before`
  return new ProblemError(problem('not-enrolled', { detail }))
}

/**
 * The body of a call of an agent.
 *
 * @throws {ProblemError} 400 when it is not valid: the agent has another version than the deployment
 */
export function readBody<Body>(call: Received, schema: z.ZodMiniType<Body>, maxBytes: number): Body {
  const { data } = schema.safeParse(readJson(call, maxBytes))
  if (data !== undefined) return data
  const detail = 'The body is not valid: install the agent in the same version as the deployment'
  throw new ProblemError(problem('invalid-request', { detail }))
}
