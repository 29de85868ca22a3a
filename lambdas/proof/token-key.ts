import { decodeProtectedHeader } from 'jose'

/** What Kubernetes takes for a `kid` is base64url of a hash: 43 characters. */
const keyId = /^[\w.:=/+-]{1,128}$/

/**
 * The `kid` of the key that signed a JWT. It is no secret, but the token's signature is one. Undefined when the token
 * names none, or something that is no name.
 */
export function keyIdOf(token: string): string | undefined {
  try {
    const { kid }: { kid?: unknown } = decodeProtectedHeader(token)
    return typeof kid === 'string' && keyId.test(kid) ? kid : undefined
  } catch {
    return undefined
  }
}
