/** Requests to a token issuer, with the device authorization grant: https://www.rfc-editor.org/rfc/rfc8628 */
import * as oidc from 'openid-client'
import { isLoopback } from '../api/endpoint.ts'
import { ApiFailed, CommandError, Interrupted } from '../errors.ts'
import type { SignInClient, Tokens } from './kept.ts'

/** Seconds that a response may take. */
const timeout = 10

/** What the person needs to sign in, and a way to wait for the tokens. */
export interface DeviceSignIn {
  readonly verificationUri: string
  /** The same URI with the code. Not every issuer has one. */
  readonly verificationUriComplete?: string | undefined
  readonly userCode: string
  readonly expiresAt: Date
  /**
   * Waits for the person.
   *
   * @throws {CommandError} when the person declines, or the code has expired
   * @throws {Interrupted} at Ctrl-C
   */
  readonly tokens: (interrupt: AbortSignal) => Promise<Tokens>
}

/**
 * @throws {CommandError} when the issuer rejects the request
 * @throws {ApiFailed} when the issuer does not respond
 */
export async function startDeviceSignIn(client: SignInClient): Promise<DeviceSignIn> {
  const issuer = await discovered(client)
  if (issuer.serverMetadata().device_authorization_endpoint === undefined) {
    throw new CommandError(`${client.issuer} does not support the device authorization grant, which "wid login" needs.`)
  }
  const parameters = { scope: client.scope, ...resourceOf(client) }
  const device = await answerOf(client, oidc.initiateDeviceAuthorization(issuer, parameters))
  return {
    verificationUri: device.verification_uri,
    verificationUriComplete: device.verification_uri_complete,
    userCode: device.user_code,
    expiresAt: new Date(Date.now() + device.expires_in * 1000),
    tokens: async (signal) =>
      tokensOf(
        await answerOf(client, oidc.pollDeviceAuthorizationGrant(issuer, device, resourceOf(client), { signal })),
      ),
  }
}

/**
 * @throws {CommandError} when the sign-in has ended
 * @throws {ApiFailed} when the issuer does not respond
 */
export async function refreshed(client: SignInClient, refreshToken: string): Promise<Tokens> {
  const issuer = await discovered(client)
  const answer = await answerOf(client, oidc.refreshTokenGrant(issuer, refreshToken, resourceOf(client)))
  // Without refresh token rotation, the response has no refresh token, and the present one stays valid.
  return { refreshToken, ...tokensOf(answer) }
}

/** Ends the sign-in at the issuer, if the issuer supports it: https://www.rfc-editor.org/rfc/rfc7009 */
export async function revoke(client: SignInClient, { refreshToken, accessToken }: Tokens): Promise<void> {
  const issuer = await discovered(client)
  if (issuer.serverMetadata().revocation_endpoint === undefined) return
  await answerOf(client, oidc.tokenRevocation(issuer, refreshToken ?? accessToken))
}

function discovered({ issuer, clientId }: SignInClient): Promise<oidc.Configuration> {
  const url = new URL(issuer)
  const execute = isLoopback(url.hostname) ? [oidc.allowInsecureRequests] : []
  return answerOf({ issuer }, oidc.discovery(url, clientId, undefined, oidc.None(), { timeout, execute }))
}

function resourceOf({ resource }: SignInClient): Record<string, string> {
  return resource === undefined ? {} : { resource }
}

function tokensOf(answer: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers): Tokens {
  const { access_token: accessToken, refresh_token: refreshToken } = answer
  const seconds = answer.expiresIn()
  return {
    accessToken,
    ...(refreshToken !== undefined && { refreshToken }),
    ...(seconds !== undefined && { expiresAt: Date.now() + seconds * 1000 }),
  }
}

/**
 * The messages by OAuth error code: https://www.rfc-editor.org/rfc/rfc8628#section-3.5,
 * https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
const refusals: Readonly<Record<string, string>> = {
  access_denied: 'the sign-in was declined in the browser. Sign in again: "wid login"',
  expired_token: 'the code has expired. Sign in again: "wid login"',
  invalid_grant: 'the sign-in has ended. Sign in again: "wid login"',
  invalid_client: 'it does not know the client. Name another client with --client-id',
  unauthorized_client: 'the client may not use the device authorization grant. Allow it at the issuer',
  invalid_scope: 'it does not grant this scope. Name another scope with --scope',
  invalid_target: 'it does not know the API. With --resource, give the name of the API at the issuer',
}

async function answerOf<Answer>({ issuer }: Pick<SignInClient, 'issuer'>, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof oidc.ResponseBodyError) throw refused(issuer, error.error)
    if (error instanceof oidc.ClientError && error.code === 'OAUTH_ABORT') {
      throw new Interrupted('The sign-in was interrupted: no tokens were stored.')
    }
    throw new ApiFailed(`${issuer} does not answer as a token issuer. Check the URL and the network, and try again.`)
  }
}

function refused(issuer: string, code: string): CommandError {
  return new CommandError(`The issuer ${issuer} has refused: ${refusals[code] ?? `its log says why (${code})`}.`)
}
