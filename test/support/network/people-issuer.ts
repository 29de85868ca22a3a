import type { RequestListener } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type ClientMetadata, errors } from 'oidc-provider'

/** The API's name at the issuer, and its audience in tokens. */
export const resource = 'https://workload-identity.example'
export const audience = 'workload-identity'

/** The client IDs of `wid` and the portal at the issuer. */
export const clientId = 'wid'
export const portalClientId = 'portal'

export interface PeopleIssuerOptions {
  readonly issuer: string
  /** The lifetime of an access token in seconds. */
  readonly accessTokenTTL?: number
  /** The claim `groups` of each token. */
  readonly groups?: readonly string[]
  /** The origin of the portal. */
  readonly portal?: string
}

/**
 * An OpenID Provider at which people sign in with any name and password. It issues a token for the API only to clients that
 * request it by its name.
 */
export async function peopleIssuer(options: PeopleIssuerOptions): Promise<RequestListener> {
  const { issuer, accessTokenTTL = 300, groups = [], portal } = options
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        response_types: [],
        redirect_uris: [],
      },
      ...(portal === undefined ? [] : [portalClient(portal)]),
    ],
    clientBasedCORS: (_, origin) => origin === portal,
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'people' }] },
    cookies: { keys: ['of a test'] },
    features: {
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, indicator) => {
          if (indicator !== resource) throw new errors.InvalidTarget()
          return { scope: '', audience, accessTokenTTL, accessTokenFormat: 'jwt' }
        },
      },
    },
    extraTokenClaims: () => ({ groups }),
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    // Sessions last for a whole test.
    ttl: { Session: 3600, Grant: 3600, Interaction: 600, DeviceCode: 600, IdToken: 300 },
  })
  return provider.callback()
}

function portalClient(origin: string): ClientMetadata {
  return {
    client_id: portalClientId,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: [`${origin}/signed-in`],
    post_logout_redirect_uris: [`${origin}/signed-out`],
  }
}
