import { decodeJwt } from 'jose'
import type { ClusterClient } from './cluster-client.ts'

/**
 * The `iss` of the cluster's tokens. Empty when the token names none. The `iss` is read from a token for STS, which the
 * API server itself would not accept. The token is then forgotten.
 *
 * @throws {InvalidObject} when the cluster is so new that it has no account yet
 * @throws {StepError} when the token cannot be made for another reason: see {@link ClusterClient.createToken}
 */
export async function issuerOfTokens(client: ClusterClient): Promise<string> {
  const account = { namespace: 'default', name: 'default' }
  const { token } = await client.createToken(account, { audience: 'sts.amazonaws.com', expirationSeconds: 600 })
  try {
    return decodeJwt(token).iss ?? ''
  } catch {
    return ''
  }
}
