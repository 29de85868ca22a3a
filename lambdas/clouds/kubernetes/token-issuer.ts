import { decodeJwt } from 'jose'
import type { ClusterClient } from './cluster-client.ts'
import { freshTokenOf } from './fresh-token.ts'

/** In characters. Longer than the issuer of any OIDC provider of IAM. */
const longestIssuer = 2048

/**
 * The unverified `iss` of the cluster's tokens: see {@link issuerNamedIn}.
 *
 * @throws {StepError} when no token can be created: see {@link freshTokenOf}
 */
export async function issuerOfTokens(client: ClusterClient): Promise<string> {
  const { token } = await freshTokenOf(client)
  return issuerNamedIn(token)
}

/** The unverified `iss` of a token. Empty when the token has none, or one that is longer than any issuer. */
export function issuerNamedIn(token: string): string {
  try {
    const { iss }: { iss?: unknown } = decodeJwt(token)
    return typeof iss === 'string' && iss.length <= longestIssuer ? iss : ''
  } catch {
    return ''
  }
}
