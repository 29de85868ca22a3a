import { CloudUnavailable, InvalidCredentials, StepError } from '../../errors/step-errors.ts'
import { connectionError } from '../network/connection-error.ts'
import { isTransient } from '../network/transient-status.ts'
import { accessDenied, isGarbled, isNetworkError, statusOf, stoppedOnTheWay, unavailable } from './errors.ts'

const tokenEndpoint = "Google's token endpoint"

/**
 * The step error for a response of Google's token endpoints:
 * - InvalidCredentials, which names the secret
 * - AccessDenied, which names the account that may not be impersonated
 * - CloudUnavailable for a 408, a 429 and a 5xx, and for a successful response without a token
 * - Unreachable and UntrustedCertificate for a network error; Unreachable also when a proxy responded
 *
 * @param secret name of the secret that holds the credential configuration
 */
export function tokenErrorOf(error: unknown, secret: string): unknown {
  if (error instanceof StepError || !(error instanceof Error)) return error
  const status = statusOf(error)
  if (status !== undefined) return byStatus(status, error, secret)
  if (isNetworkError(error)) return connectionError(withoutRequest(error), tokenEndpoint)
  if (isGarbled(error) || isWithoutToken(error)) return garbled(secret)
  return noToken('the key cannot be used', secret)
}

/**
 * Requires that the response of the token endpoint contains a token. The library accepts any body.
 *
 * @throws {CloudUnavailable} when the response contains no token
 */
export function requireToken({ token }: { readonly token?: string | null }, secret: string): void {
  if (!token) throw garbled(secret)
}

/** Whether google-auth-library threw this error for a body that it could not parse. */
function isWithoutToken(error: Error): boolean {
  return error instanceof TypeError || error.message.startsWith('Could not refresh access token')
}

function garbled(secret: string): CloudUnavailable {
  return new CloudUnavailable({
    object: secret,
    reason: `the answer of ${tokenEndpoint} was cut or garbled on its way`,
    action: "Send the request again; if it persists, look at what is on the function's way out to Google",
  })
}

function byStatus(status: number, error: Error, secret: string): StepError {
  if (isTransient(status)) return unavailable('an access token', secret)
  if (!isOfTokenEndpoint(error)) return stoppedOnTheWay(tokenEndpoint, status)
  const account = impersonatedAccount(error)
  if (account === undefined || status !== 403) return noToken(`status ${status}`, secret)
  return accessDenied({ permission: 'iam.serviceAccounts.getAccessToken', resource: account })
}

function noToken(why: string, secret: string): InvalidCredentials {
  return new InvalidCredentials({
    object: secret,
    reason: `Google gives no access token for the credentials in it (${why})`,
    action:
      "Check that key, account and workload identity pool exist, are enabled, and accept this function's role, and that the function's clock is right",
  })
}

/** Whether the token endpoint responded and not a proxy: only it responds with `error` (RFC 6749 section 5.2). */
function isOfTokenEndpoint(error: Error): boolean {
  const data = member(member(error, 'response'), 'data')
  return member(data, 'error') !== undefined
}

/** The service account to impersonate, if the request was an impersonation. */
function impersonatedAccount(error: Error): string | undefined {
  const url = member(member(error, 'config'), 'url')
  return /\/serviceAccounts\/([^/:]+):generateAccessToken$/.exec(String(url))?.[1]
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The error without its request. google-auth-library attaches the request, which has a signed assertion. */
function withoutRequest(error: Error): Error {
  return Object.assign(new Error(error.message), 'code' in error && { code: error.code })
}
