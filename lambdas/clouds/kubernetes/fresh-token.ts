import { randomUUID } from 'node:crypto'
import type { ClusterClient } from './cluster-client.ts'

/** A token of {@link account} that was made for one check, and for an audience that no other token has. */
export interface FreshToken {
  readonly token: string
  readonly audience: string
}

/** An account that every cluster has. */
const account = { namespace: 'default', name: 'default' }

/** The `sub` of such a token. */
export const subjectOfFreshTokens = `system:serviceaccount:${account.namespace}:${account.name}`

/**
 * A token for one check, after which it is forgotten. Its audience is random: pods get tokens for known audiences, and
 * another API server could answer with one of those.
 *
 * @throws {InvalidObject} when the cluster is so new that it has no account yet
 * @throws {StepError} when the token cannot be made for another reason: see {@link ClusterClient.createToken}
 */
export async function freshTokenOf(client: ClusterClient): Promise<FreshToken> {
  const audience = `workload-identity:${randomUUID()}`
  const { token } = await client.createToken(account, { audience, expirationSeconds: 600 })
  return { token, audience }
}
