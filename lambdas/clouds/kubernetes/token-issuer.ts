import { decodeJwt } from 'jose'
import type { ClusterClient } from './cluster-client.ts'
import { freshTokenOf } from './fresh-token.ts'

/** Longer than the issuer of any OIDC provider of IAM, in characters. */
const longestIssuer = 2048

/**
 * The `iss` that the cluster's tokens name, whoever has signed them: see {@link issuerNamedIn}.
 *
 * @throws {StepError} when no token can be made: see {@link freshTokenOf}
 */
export async function issuerOfTokens(client: ClusterClient): Promise<string> {
  const { token } = await freshTokenOf(client)
  return issuerNamedIn(token)
}

/**
 * The `iss` that a token names, whoever has signed it. Empty when it names none, or one that is longer than any issuer.
 */
export function issuerNamedIn(token: string): string {
  try {
    const { iss }: { iss?: unknown } = decodeJwt(token)
    return typeof iss === 'string' && iss.length <= longestIssuer ? iss : ''
  } catch {
    return ''
  }
}
