/**
 * Requests to the issuer, by the authorization code flow with PKCE:
 * https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1
 */
import * as oidc from 'openid-client'
import type { PortalSignIn } from '../../config.ts'

/** The path to which the issuer redirects the user. */
export const answerPath = '/signed-in'

/** The values that the issuer's response must match. */
export interface Expected {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** The signed-in user's tokens, only in the memory of the page. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken?: string | undefined
  readonly idToken?: string | undefined
  /** The end of the access token, in milliseconds since 1970. Undefined when the issuer does not report it. */
  readonly endsAt: number | undefined
  readonly subject: string
}

export class Issuer {
  readonly #signIn: PortalSignIn
  readonly #configuration: oidc.Configuration

  private constructor(signIn: PortalSignIn, configuration: oidc.Configuration) {
    this.#signIn = signIn
    this.#configuration = configuration
  }

  /** @throws {Error} when the issuer does not respond */
  static async discover(signIn: PortalSignIn): Promise<Issuer> {
    const { issuer, clientId } = signIn
    return new Issuer(signIn, await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None()))
  }

  /** The sign-in page's URL, and the values that its response must match. */
  async authorizationRequest(): Promise<{ readonly url: URL; readonly expected: Expected }> {
    const verifier = oidc.randomPKCECodeVerifier()
    const expected = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier }
    const url = oidc.buildAuthorizationUrl(this.#configuration, {
      redirect_uri: new URL(answerPath, location.origin).href,
      scope: this.#signIn.scope,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: expected.state,
      nonce: expected.nonce,
      ...this.#resource,
    })
    return { url, expected }
  }

  /**
   * @param answer the URL to which the issuer has redirected the user
   * @throws {Error} when the issuer has rejected the sign-in, or the response does not match
   */
  async tokens(answer: URL, { state, nonce, verifier }: Expected): Promise<Tokens> {
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true }
    const answered = await oidc
      .authorizationCodeGrant(this.#configuration, answer, checks, this.#resource)
      .catch(refused)
    return { ...tokensFrom(answered), subject: answered.claims()?.sub ?? '' }
  }

  /**
   * The new tokens, or `refused` when the issuer has ended the sign-in.
   *
   * @throws {Error} when the issuer does not respond, or cannot answer now. The refresh token may still be valid
   */
  async renewed(tokens: Tokens, refreshToken: string): Promise<Tokens | 'refused'> {
    try {
      const answered = await oidc.refreshTokenGrant(this.#configuration, refreshToken, this.#resource)
      return { ...tokens, refreshToken, ...tokensFrom(answered) }
    } catch (error) {
      if (isRefusal(error)) return 'refused'
      throw error
    }
  }

  /**
   * The URL that ends the user's session at the issuer, or `next` if the issuer has no such URL:
   * https://openid.net/specs/openid-connect-rpinitiated-1_0.html
   */
  endOfSession({ idToken }: Tokens, next: URL): URL {
    if (this.#configuration.serverMetadata().end_session_endpoint === undefined) return next
    return oidc.buildEndSessionUrl(this.#configuration, {
      post_logout_redirect_uri: next.href,
      ...(idToken !== undefined && { id_token_hint: idToken }),
    })
  }

  get #resource(): Record<string, string> {
    const { resource } = this.#signIn
    return resource === undefined ? {} : { resource }
  }
}

/** Names an OAuth error by its code, such as access_denied: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 */
function refused(error: unknown): never {
  const isNamed = error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError
  throw isNamed ? new Error(error.error, { cause: error }) : error
}

/** Whether the issuer has answered with an OAuth error: https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
function isRefusal(error: unknown): boolean {
  const isError = error instanceof oidc.ResponseBodyError || error instanceof oidc.WWWAuthenticateChallengeError
  return isError && error.status < 500 && error.status !== tooManyRequests
}

const tooManyRequests = 429

function tokensFrom(answered: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers) {
  const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken } = answered
  const seconds = answered.expiresIn()
  return {
    accessToken,
    endsAt: seconds === undefined ? undefined : Date.now() + seconds * 1000,
    ...(refreshToken !== undefined && { refreshToken }),
    ...(idToken !== undefined && { idToken }),
  }
}
