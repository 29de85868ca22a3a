import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { startPublicHost } from '../../../sandbox/network/public-host.ts'
import type { System } from '../../e2e/support/system.ts'
import { serveDocuments } from '../../support/network/serve-documents.ts'

export interface TokenIssuer {
  /** A token that is valid for five minutes. The claims replace its defaults. */
  token(claims?: JWTPayload): Promise<string>
  close(): Promise<void>
}

const keyId = 'key-1'

/** Publishes the documents of an issuer, and signs tokens for the API. */
export async function startTokenIssuer({ sandbox }: System, issuer: string): Promise<TokenIssuer> {
  const { authority, proxy } = sandbox
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwksPath = '/keys'
  const documents = new Map<string, unknown>([
    ['/.well-known/openid-configuration', { issuer, jwks_uri: issuer + jwksPath }],
    [jwksPath, { keys: [{ ...(await exportJWK(publicKey)), kid: keyId, alg: 'RS256', use: 'sig' }] }],
  ])
  const host = await startPublicHost({
    authority,
    proxy,
    names: [new URL(issuer).host],
    handler: serveDocuments(documents),
  })
  return {
    token(claims = {}) {
      const now = Math.floor(Date.now() / 1000)
      const usual = { iss: issuer, sub: 'ada', aud: 'workload-identity', iat: now, exp: now + 300 }
      return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: 'RS256', kid: keyId }).sign(privateKey)
    },
    close: () => host.close(),
  }
}
