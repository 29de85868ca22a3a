import { decodeProtectedHeader } from 'jose'

/** The `kid` of the key that a JWT is signed with: no secret, as its signature is. Undefined when it names none. */
export function keyIdOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid
  } catch {
    return undefined
  }
}
