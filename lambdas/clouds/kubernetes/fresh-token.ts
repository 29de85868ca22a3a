import { randomUUID } from 'node:crypto'
import type { ClusterClient } from './cluster-client.ts'

/** A token of {@link account} for one check, with an audience that no other token has. */
export interface FreshToken {
  readonly token: string
  readonly audience: string
}

/** An account that every cluster has. */
const account = { namespace: 'default', name: 'default' }

/** The `sub` of such a token. */
export const subjectOfFreshTokens = `system:serviceaccount:${account.namespace}:${account.name}`

/** Random, because another API server could respond with a pod's token for a known audience. */
export function freshAudience(): string {
  return `workload-identity:${randomUUID()}`
}

/**
 * A token for one check, which is discarded afterwards. No service accepts its audience.
 *
 * @param audience see {@link freshAudience}
 * @throws {InvalidObject} when the cluster is so new that the account does not exist yet
 * @throws {StepError} when the token cannot be created for another reason: see {@link ClusterClient.createToken}
 */
export async function freshTokenOf(client: ClusterClient, audience = freshAudience()): Promise<FreshToken> {
  const { token } = await client.createToken(account, { audience, expirationSeconds: 600 })
  return { token, audience }
}
