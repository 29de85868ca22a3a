import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from 'node:crypto'
import { exportJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { JsonObject } from './objects/objects.ts'

export interface TokenSubject {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** The object to which the token is bound. */
  readonly bound?: { readonly kind: string; readonly name: string; readonly uid: string }
}

/** The first is the issuer of new tokens. Tokens of all issuers are accepted. */
export type Issuers = readonly [string, ...string[]]

/** The stored state of a signer. Keys are PKCS#8 in PEM. */
export interface StoredSigner {
  readonly signingKey: string
  /** Keys that verify tokens, but do not sign. */
  readonly verificationKeys?: readonly string[]
  /** Default: the issuer in the settings of the cluster. */
  readonly issuers?: Issuers
}

interface SignerParts {
  readonly issuers: Issuers
  readonly keys: readonly SigningKey[]
  readonly signing: SigningKey
  readonly jwksUri: string | undefined
}

/**
 * Signs and verifies the service account tokens of a cluster. The issuers, the verification keys and the signing key
 * correspond to flags of kube-apiserver:
 * https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
 */
export class TokenSigner {
  #issuers: Issuers
  #keys: readonly SigningKey[]
  #signing: SigningKey
  readonly #jwksUri: string | undefined

  private constructor({ issuers, keys, signing, jwksUri }: SignerParts) {
    this.#issuers = issuers
    this.#keys = keys
    this.#signing = signing
    this.#jwksUri = jwksUri
  }

  /** @param jwksUri the value of --service-account-jwks-uri. Default: a path below the current first issuer. */
  static create(issuers: Issuers, jwksUri?: string): TokenSigner {
    const signing = createSigningKey()
    return new TokenSigner({ issuers, keys: [signing], signing, jwksUri })
  }

  /** @param issuer the issuer if no issuers are stored */
  static load(stored: StoredSigner, issuer: string, jwksUri?: string): TokenSigner {
    const signing = loadSigningKey(stored.signingKey)
    const others = (stored.verificationKeys ?? []).map(loadSigningKey)
    return new TokenSigner({ issuers: stored.issuers ?? [issuer], keys: [signing, ...others], signing, jwksUri })
  }

  export(): StoredSigner {
    const others = this.#keys.filter((key) => key !== this.#signing)
    return {
      signingKey: pemOf(this.#signing),
      verificationKeys: others.map(pemOf),
      issuers: this.#issuers,
    }
  }

  get issuer(): string {
    return this.#issuers[0]
  }

  /** The issuers of accepted tokens. By default they are also the API server's audiences (--api-audiences). */
  get issuers(): Issuers {
    return this.#issuers
  }

  get keyId(): string {
    return this.#signing.id
  }

  /** Sets the issuers, as repeated --service-account-issuer flags do. */
  setIssuers(issuers: Issuers): void {
    this.#issuers = issuers
  }

  /** Adds a key that verifies but does not sign yet, as another --service-account-key-file does. Returns its ID. */
  addVerificationKey(): string {
    const key = createSigningKey()
    this.#keys = [...this.#keys, key]
    return key.id
  }

  /** Selects the signing key, as --service-account-signing-key-file does. @throws Error for an unknown key */
  signWith(keyId: string): void {
    this.#signing = this.#find(keyId)
  }

  /** Removes a key. Its tokens are refused from now on. @throws Error for the signing key or an unknown key */
  removeKey(keyId: string): void {
    const removed = this.#find(keyId)
    if (removed === this.#signing)
      throw new Error(`key ${keyId} is the signing key: select another signing key before you remove it`)
    this.#keys = this.#keys.filter((key) => key !== removed)
  }

  /** Returns a JWT with the claims of a real server (pkg/serviceaccount/claims.go). */
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
      .sign(this.#signing.privateKey)
    return { token, expiresAt: new Date(expiry * 1000) }
  }

  /** Returns the claims of a token that this cluster signed for its own API, or undefined for any other token. */
  async verify(token: string): Promise<JWTPayload | undefined> {
    const issuers = [...this.#issuers]
    const options = { issuer: issuers, audience: issuers, algorithms: ['RS256'] }
    const keyOf = ({ kid = '' }) => this.#find(kid).publicKey
    const verified = await jwtVerify(token, keyOf, options).catch(() => undefined)
    return verified?.payload
  }

  discovery(): JsonObject {
    return {
      issuer: this.issuer,
      jwks_uri: this.#jwksUri ?? `${this.issuer}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }
  }

  /** The document at /openid/v1/jwks: every key that verifies. */
  async keySet(): Promise<{ keys: JWK[] }> {
    const keys = this.#keys.map(async ({ id, publicKey }) => {
      const key = await exportJWK(publicKey)
      return { use: 'sig', kty: 'RSA', kid: id, alg: 'RS256', ...key }
    })
    return { keys: await Promise.all(keys) }
  }

  #find(keyId: string): SigningKey {
    const found = this.#keys.find(({ id }) => id === keyId)
    if (!found) throw new Error(`there is no key ${keyId}`)
    return found
  }
}

interface SigningKey {
  /** The SHA-256 hash of the public key's DER, as in kube-apiserver. */
  readonly id: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

function createSigningKey(): SigningKey {
  return signingKeyOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
}

function loadSigningKey(pem: string): SigningKey {
  return signingKeyOf(createPrivateKey(pem))
}

function pemOf({ privateKey }: SigningKey): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function signingKeyOf(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey)
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return { id: createHash('sha256').update(der).digest('base64url'), privateKey, publicKey }
}
