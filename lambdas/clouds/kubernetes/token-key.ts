import { decodeProtectedHeader } from 'jose'
import { keyIdPattern } from '../public-key.ts'
import type { ClusterClient } from './cluster-client.ts'
import { freshTokenOf } from './fresh-token.ts'

/**
 * The `kid` of the key that signed a JWT. It is no secret, but the token's signature is one. Undefined when the token
 * names none, or something that is no name.
 */
export function keyIdOf(token: string): string | undefined {
  try {
    const { kid }: { kid?: unknown } = decodeProtectedHeader(token)
    return typeof kid === 'string' && keyIdPattern.test(kid) ? kid : undefined
  } catch {
    return undefined
  }
}

/**
 * The `kid` of the key that the cluster signs with now. API servers that are changed one after the other may sign with
 * different keys: it is the key of the one that answers. Undefined when the token names none.
 *
 * @throws {StepError} when no token can be made: see {@link freshTokenOf}
 */
export async function signingKeyOf(client: ClusterClient): Promise<string | undefined> {
  const { token } = await freshTokenOf(client)
  return keyIdOf(token)
}
