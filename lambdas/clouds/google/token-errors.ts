import { CloudUnavailable, InvalidCredentials, StepError } from '../../errors/step-errors.ts'
import { connectionError } from '../network/connection-error.ts'
import { isTransient } from '../network/transient-status.ts'
import { accessDenied, isGarbled, isNetworkError, statusOf, stoppedOnTheWay, unavailable } from './errors.ts'

const tokenEndpoint = "Google's token endpoint"

/**
 * Returns the step error for a failed request to Google's token endpoints:
 * - AccessDenied for a 403 to an impersonation; the error names the service account
 * - CloudUnavailable for a 408, a 429 and a 5xx, and for a successful response without a token
 * - UntrustedCertificate for a certificate that does not validate
 * - Unreachable for any other network error, and when a proxy responded instead of Google
 * - InvalidCredentials for everything else; the error names the secret
 *
 * @param secret the name of the secret that holds the credential configuration
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
    reason: `the answer of ${tokenEndpoint} was truncated or corrupted on its way`,
    action: "Send the request again; if it persists, check the proxies in the function's network egress to Google",
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

/** Whether the token endpoint responded, not a proxy. Only its responses have `error` (RFC 6749 section 5.2). */
function isOfTokenEndpoint(error: Error): boolean {
  const data = member(member(error, 'response'), 'data')
  return member(data, 'error') !== undefined
}

/** Returns the service account to impersonate, if the failed request was an impersonation. */
function impersonatedAccount(error: Error): string | undefined {
  const url = member(member(error, 'config'), 'url')
  return /\/serviceAccounts\/([^/:]+):generateAccessToken$/.exec(String(url))?.[1]
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** Removes the request, which google-auth-library attaches to the error. It contains a signed assertion. */
function withoutRequest(error: Error): Error {
  return Object.assign(new Error(error.message), 'code' in error && { code: error.code })
}
