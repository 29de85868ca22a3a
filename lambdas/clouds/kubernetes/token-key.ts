import { decodeProtectedHeader } from 'jose'
import { keyIdPattern } from '../public-key.ts'

/**
 * Returns the `kid` in a JWT's header, if it has the form of a key ID. The signature is not verified. Unlike the
 * signature, the `kid` may be displayed.
 */
export function keyIdOf(token: string): string | undefined {
  try {
    const { kid }: { kid?: unknown } = decodeProtectedHeader(token)
    return typeof kid === 'string' && keyIdPattern.test(kid) ? kid : undefined
  } catch {
    return undefined
  }
}
