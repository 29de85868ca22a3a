import { decodeProtectedHeader } from 'jose'
import { keyIdPattern } from '../public-key.ts'

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
