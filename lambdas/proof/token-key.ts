import { decodeProtectedHeader } from 'jose'

/**
 * The `kid` of the key that signed a JWT. It is no secret, but the token's signature is one. Undefined when the token
 * names none.
 */
export function keyIdOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid
  } catch {
    return undefined
  }
}
