import { randomUUID } from 'node:crypto'
import type { ClusterClient } from './cluster-client.ts'

/** A token of {@link account} for one check, with an audience that no other token has. */
export interface FreshToken {
  readonly token: string
  readonly audience: string
}

/** An account that every cluster has. */
const account = { namespace: 'default', name: 'default' }

/** The `sub` of a fresh token. */
export const subjectOfFreshTokens = `system:serviceaccount:${account.namespace}:${account.name}`

/** The audience is random. For a known audience, a false API server could respond with the token of a pod. */
export function freshAudience(): string {
  return `workload-identity:${randomUUID()}`
}

/**
 * Creates a token for one check. The caller discards it afterwards. No service accepts its audience.
 *
 * @param audience see {@link freshAudience}
 * @throws {InvalidObject} when the account does not exist yet, because the cluster is new
 * @throws {StepError} when the token cannot be created for another reason: see {@link ClusterClient.createToken}
 */
export async function freshTokenOf(client: ClusterClient, audience = freshAudience()): Promise<FreshToken> {
  const { token } = await client.createToken(account, { audience, expirationSeconds: 600 })
  return { token, audience }
}
