import { decodeJwt } from 'jose'
import type { ClusterClient } from './cluster-client.ts'
import { stsTokenOf } from './sts-token.ts'

/** Longer than the issuer of any OIDC provider of IAM, in characters. */
const longestIssuer = 2048

/**
 * The `iss` of the cluster's tokens. Empty when the token names none, or names something that is no URL.
 *
 * @throws {StepError} when no token can be made: see {@link stsTokenOf}
 */
export async function issuerOfTokens(client: ClusterClient): Promise<string> {
  const token = await stsTokenOf(client)
  try {
    const { iss }: { iss?: unknown } = decodeJwt(token)
    return typeof iss === 'string' && iss.length <= longestIssuer ? iss : ''
  } catch {
    return ''
  }
}
