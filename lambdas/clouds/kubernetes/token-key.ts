import { decodeProtectedHeader } from 'jose'
import { keyIdPattern } from '../public-key.ts'

/**
 * The `kid` in a JWT's header, if it has the form of a key ID. The signature is not verified. The `kid` may be
 * displayed, unlike the signature.
 */
export function keyIdOf(token: string): string | undefined {
  try {
    const { kid }: { kid?: unknown } = decodeProtectedHeader(token)
    return typeof kid === 'string' && keyIdPattern.test(kid) ? kid : undefined
  } catch {
    return undefined
  }
}
