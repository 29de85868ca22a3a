import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from 'node:crypto'
import { exportJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { JsonObject } from './objects.ts'

/** A service account that a token is for. */
export interface TokenSubject {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** The pod or secret that the token is bound to. */
  readonly bound?: { readonly kind: string; readonly name: string; readonly uid: string }
}

/** The key with which a cluster signs the tokens of its service accounts. */
export class TokenSigner {
  readonly issuer: string
  readonly #privateKey: KeyObject
  readonly #publicKey: KeyObject
  readonly keyId: string

  private constructor(issuer: string, privateKey: KeyObject) {
    this.issuer = issuer
    this.#privateKey = privateKey
    this.#publicKey = createPublicKey(privateKey)
    this.keyId = keyIdOf(this.#publicKey)
  }

  static create(issuer: string): TokenSigner {
    return new TokenSigner(issuer, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
  }

  static load(issuer: string, pem: string): TokenSigner {
    return new TokenSigner(issuer, createPrivateKey(pem))
  }

  export(): string {
    return this.#privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  }

  /** A JWT with the claims of a real server (pkg/serviceaccount/claims.go). */
  async sign(subject: TokenSubject, audiences: readonly string[], lifetimeSeconds: number) {
    const now = Math.floor(Date.now() / 1000)
    const expiry = now + lifetimeSeconds
    const { bound } = subject
    const token = await new SignJWT({
      'kubernetes.io': {
        namespace: subject.namespace,
        serviceaccount: { name: subject.name, uid: subject.uid },
        ...(bound ? { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } } : {}),
      },
    })
      .setProtectedHeader({ alg: 'RS256', kid: this.keyId })
      .setIssuer(this.issuer)
      .setAudience([...audiences])
      .setSubject(`system:serviceaccount:${subject.namespace}:${subject.name}`)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(expiry)
      .setJti(randomUUID())
      .sign(this.#privateKey)
    return { token, expiresAt: new Date(expiry * 1000) }
  }

  /** The claims of a token that this cluster signed for its own API; undefined for any other. */
  async verify(token: string): Promise<JWTPayload | undefined> {
    const options = { issuer: this.issuer, audience: this.issuer, algorithms: ['RS256'] }
    const verified = await jwtVerify(token, this.#publicKey, options).catch(() => undefined)
    return verified?.payload
  }

  /** The document at /.well-known/openid-configuration. */
  discovery(): JsonObject {
    return {
      issuer: this.issuer,
      jwks_uri: `${this.issuer}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }
  }

  /** The document at /openid/v1/jwks. */
  async keySet(): Promise<{ keys: JWK[] }> {
    const key = await exportJWK(this.#publicKey)
    return { keys: [{ use: 'sig', kty: 'RSA', kid: this.keyId, alg: 'RS256', ...key }] }
  }
}

/** SHA-256 over the DER of the public key, as kube-apiserver makes it. */
function keyIdOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
}
