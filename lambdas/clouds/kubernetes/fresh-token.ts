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

/** Random: pods get tokens for known audiences, and another API server could answer with one of those. */
export function freshAudience(): string {
  return `workload-identity:${randomUUID()}`
}

/**
 * A token for one check, after which it is forgotten. It opens nothing.
 *
 * @param audience see {@link freshAudience}
 * @throws {InvalidObject} when the cluster is so new that it has no account yet
 * @throws {StepError} when the token cannot be made for another reason: see {@link ClusterClient.createToken}
 */
export async function freshTokenOf(client: ClusterClient, audience = freshAudience()): Promise<FreshToken> {
  const { token } = await client.createToken(account, { audience, expirationSeconds: 600 })
  return { token, audience }
}
