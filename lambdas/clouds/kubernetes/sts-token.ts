import type { ClusterClient } from './cluster-client.ts'

/** The audience of these tokens. */
export const stsAudienceOfTokens = 'sts.amazonaws.com'

/**
 * A token of an account that every cluster has. It is for STS, so that the API server itself would not accept it, and is
 * made to be looked at and forgotten.
 *
 * @throws {InvalidObject} when the cluster is so new that it has no account yet
 * @throws {StepError} when the token cannot be made for another reason: see {@link ClusterClient.createToken}
 */
export async function stsTokenOf(client: ClusterClient): Promise<string> {
  const account = { namespace: 'default', name: 'default' }
  const { token } = await client.createToken(account, { audience: stsAudienceOfTokens, expirationSeconds: 600 })
  return token
}
