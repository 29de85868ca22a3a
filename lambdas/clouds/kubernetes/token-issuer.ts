import { decodeJwt } from 'jose'
import type { ClusterClient } from './cluster-client.ts'

/** Longer than the issuer of any OIDC provider of IAM, in characters. */
const longestIssuer = 2048

/**
 * The `iss` of the cluster's tokens. Empty when the token names none, or names something that is no URL. The `iss` is read from a token for STS, which the
 * API server itself would not accept. The token is then forgotten.
 *
 * @throws {InvalidObject} when the cluster is so new that it has no account yet
 * @throws {StepError} when the token cannot be made for another reason: see {@link ClusterClient.createToken}
 */
export async function issuerOfTokens(client: ClusterClient): Promise<string> {
  const account = { namespace: 'default', name: 'default' }
  const { token } = await client.createToken(account, { audience: 'sts.amazonaws.com', expirationSeconds: 600 })
  try {
    const { iss }: { iss?: unknown } = decodeJwt(token)
    return typeof iss === 'string' && iss.length <= longestIssuer ? iss : ''
  } catch {
    return ''
  }
}
