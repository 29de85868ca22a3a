import { decodeProtectedHeader } from 'jose'
import { keyIdPattern } from '../public-key.ts'

/** The `kid` of the key that signed a JWT, if valid. It may be displayed, unlike the token's signature. */
export function keyIdOf(token: string): string | undefined {
  try {
    const { kid }: { kid?: unknown } = decodeProtectedHeader(token)
    return typeof kid === 'string' && keyIdPattern.test(kid) ? kid : undefined
  } catch {
    return undefined
  }
}
