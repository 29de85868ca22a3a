import { decodeJwt } from 'jose'
import type { ClusterClient } from './cluster-client.ts'
import { freshTokenOf } from './fresh-token.ts'

/** The maximum length of an issuer, in characters. IAM accepts fewer. */
const longestIssuer = 2048

/**
 * Returns the unverified `iss` of the cluster's tokens: see {@link issuerNamedIn}.
 *
 * @throws {StepError} when no token can be created: see {@link freshTokenOf}
 */
export async function issuerOfTokens(client: ClusterClient): Promise<string> {
  const { token } = await freshTokenOf(client)
  return issuerNamedIn(token)
}

/** Returns the unverified `iss` of a token, or an empty text when the `iss` is missing or too long. */
export function issuerNamedIn(token: string): string {
  try {
    const { iss }: { iss?: unknown } = decodeJwt(token)
    return typeof iss === 'string' && iss.length <= longestIssuer ? iss : ''
  } catch {
    return ''
  }
}
