import { decodeJwt } from 'jose'
import type { ClusterClient } from './cluster-client.ts'

/**
 * The `iss` of the cluster's tokens, by one for STS, which the API server itself would not accept: it is read and
 * forgotten. Empty when the token names none. Throws what {@link ClusterClient.createToken} does: InvalidObject in a
 * cluster that is so new that it has no account yet.
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
