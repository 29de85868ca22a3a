import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import { errors, jwtVerify } from 'jose'
import { type ServiceAccountKey, tokenUrl } from './service-account-key.ts'

const lifetime = 3600

/** An error of a token endpoint (RFC 6749 section 5.2). */
export class TokenError extends Error {
  readonly status: number
  readonly code: string

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

export interface IssuedToken {
  access_token: string
  expires_in: number
  token_type: 'Bearer'
}

/** The bearer tokens that this run of the sandbox has issued. */
export class Tokens {
  #issued = new Map<string, { principal: string; expires: number }>()
  #accounts = new Map<string, ServiceAccountKey>()

  trust(key: ServiceAccountKey): void {
    this.#accounts.set(key.client_email, key)
  }

  /** Returns a token for the account that has signed the assertion (RFC 7523). @throws TokenError */
  async exchange(assertion: string): Promise<IssuedToken & { principal: string }> {
    const email = claimedIssuer(assertion)
    const key = this.#accounts.get(email)
    if (!key) throw new TokenError('invalid_grant', 'Invalid grant: account not found')
    const publicKey = createPublicKey(createPrivateKey(key.private_key))
    const { payload } = await jwtVerify(assertion, publicKey, {
      issuer: email,
      audience: tokenUrl,
      algorithms: ['RS256'],
      maxTokenAge: lifetime,
      requiredClaims: ['exp', 'scope'],
    }).catch((error: unknown) => {
      throw new TokenError('invalid_grant', error instanceof errors.JOSEError ? error.code : 'Invalid JWT Signature.')
    })
    if (!String(payload.scope).includes('https://www.googleapis.com/auth/')) {
      throw new TokenError('invalid_scope', 'Invalid OAuth scope or ID token audience provided.')
    }
    return { ...this.issue(email), principal: email }
  }

  issue(principal: string): IssuedToken {
    const token = `ya29.${randomBytes(32).toString('base64url')}`
    this.#issued.set(token, { principal, expires: Date.now() + lifetime * 1000 })
    return { access_token: token, expires_in: lifetime, token_type: 'Bearer' }
  }

  /** Returns the principal of the token, or undefined for an unknown or expired token. */
  principalOf(token: string): string | undefined {
    const found = this.#issued.get(token)
    return found && found.expires > Date.now() ? found.principal : undefined
  }

  /** Invalidates all issued tokens, as after an hour. */
  expireAll(): void {
    this.#issued.clear()
  }
}

function claimedIssuer(assertion: string): string {
  try {
    const payload: { iss?: unknown } = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString())
    return String(payload.iss)
  } catch {
    throw new TokenError('invalid_request', 'Bad Request')
  }
}
