import * as z from 'zod/mini'
import {
  AccessDenied,
  CloudUnavailable,
  ConcurrentChange,
  InvalidCredentials,
  InvalidObject,
  PublicAccessPrevented,
  StepError,
  Unreachable,
} from '../../errors/step-errors.ts'
import { connectionError, isNetworkCode } from '../network/connection-error.ts'
import { isTransient } from '../network/transient-status.ts'

/** A call to Cloud Storage. Its error always names the call, whatever Google responds. */
export interface GoogleCall {
  /** The IAM permission: "storage.buckets.get". */
  readonly permission: string
  /** `gs://NAME`, or `project ID`. */
  readonly resource: string
}

export const storageUrl = 'https://storage.googleapis.com'

/** A violation of these organisation policies has status 412, like a stale etag. Only the messages differ. */
const organisationPolicies = [
  { constraint: 'constraints/storage.publicAccessPrevention', words: /public access prevention/i },
  { constraint: 'constraints/iam.allowedPolicyMemberDomains', words: /permitted customer/i },
] as const

/**
 * Returns the step error for an error of a Cloud Storage call:
 * - AccessDenied, with permission and resource from `call`
 * - InvalidCredentials for a 401
 * - PublicAccessPrevented when an organisation policy prevents public access
 * - ConcurrentChange for a 404 and a 409, and when the precondition of a write no longer holds
 * - CloudUnavailable for a 408, a 429 and a 5xx, and for a response that is not the expected JSON
 * - UntrustedCertificate for a certificate that does not validate
 * - Unreachable for any other network error, and when a proxy responded instead of Google
 * - InvalidObject for every other 4xx
 *
 * Returns a StepError unchanged. Returns every remaining error unchanged, because it is a defect of our code.
 */
export function errorOf(error: unknown, call: GoogleCall): unknown {
  if (error instanceof StepError || !(error instanceof Error)) return error
  const status = statusOf(error)
  if (status === undefined) return withoutStatus(error, call)
  if (isTransient(status)) return unavailable(call.permission, call.resource)
  return isOfProxy(error) ? stoppedOnTheWay(storageUrl, status) : byStatus(status, error.message, call)
}

function withoutStatus(error: Error, call: GoogleCall): Error {
  if (isGarbled(error)) return garbled(call)
  return isNetworkError(error) ? connectionError(error, storageUrl) : error
}

/** Whether a library or a schema threw this error, because the body is truncated or does not come from Google. */
export function isGarbled(error: Error): boolean {
  return error instanceof SyntaxError || error instanceof z.core.$ZodError
}

/** The error has no cause, because a parser's message quotes the response. Google may have executed the call. */
function garbled({ permission, resource }: GoogleCall): CloudUnavailable {
  return new CloudUnavailable({
    object: resource,
    reason: `the answer to ${permission} was truncated or corrupted on its way from Google`,
    action: "Send the request again; if it persists, check the proxies in the function's network egress to Google",
  })
}

function byStatus(status: number, message: string, call: GoogleCall): StepError {
  if (status === 401) return badToken(call)
  if (status === 403) return accessDenied(call)
  if (status === 412) return conditionNotMet(message, call)
  if (status === 404 || status === 409) return changedMeanwhile(call)
  return new InvalidObject({
    object: call.resource,
    // Only Google's message says what is wrong, for example a location or a service account that does not exist.
    reason: `Google refused the input of ${call.permission}: ${firstSentence(message)}`,
    action: 'Correct the discovery part of the request',
  })
}

export function stoppedOnTheWay(object: string, status: number): Unreachable {
  return new Unreachable({
    object,
    reason: `a proxy answered ${status} instead of Google`,
    action: 'Let the egress proxy connect to *.googleapis.com:443',
  })
}

export function accessDenied(call: GoogleCall): AccessDenied {
  return new AccessDenied({
    object: call.resource,
    reason: `Google refused ${call.permission}`,
    action: `Grant a role with ${call.permission} on ${call.resource} to the account in the credential configuration`,
  })
}

function badToken({ permission, resource }: GoogleCall): InvalidCredentials {
  return new InvalidCredentials({
    object: resource,
    reason: `Google did not accept the access token for ${permission}`,
    action: 'Check that the account in the credential configuration is enabled',
  })
}

function conditionNotMet(message: string, call: GoogleCall): StepError {
  const policy = organisationPolicies.find(({ words }) => words.test(message))
  if (!policy) return changedMeanwhile(call)
  return new PublicAccessPrevented({
    object: call.resource,
    reason: `the organisation policy ${policy.constraint} keeps it from being public, and AWS must be able to read the discovery documents in it`,
    action: `Let an organisation policy administrator make an exception of ${policy.constraint} for the project, or use a project that has one`,
  })
}

function changedMeanwhile({ permission, resource }: GoogleCall): ConcurrentChange {
  return new ConcurrentChange({
    object: resource,
    reason: `another writer changed it during ${permission}`,
    action: 'Do nothing unless it recurs: the step is retried',
  })
}

export function unavailable(what: string, resource: string): CloudUnavailable {
  return new CloudUnavailable({
    object: resource,
    reason: `Google could not serve ${what} just now`,
    action: 'If the error persists, send the request again in some minutes',
  })
}

/** Returns the HTTP status, which is in `code` of @google-cloud/storage and in `status` of google-auth-library. */
export function statusOf(error: Error): number | undefined {
  const candidates = ['status' in error && error.status, 'code' in error && error.code].map(Number)
  return candidates.find((value) => value >= 400 && value < 600)
}

/** Whether a proxy responded instead of Google. Only the errors for responses of Google have `errors`. */
function isOfProxy(error: Error): boolean {
  return !('errors' in error && Array.isArray(error.errors) && error.errors.length > 0)
}

/** Whether Google itself responded that the object does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && statusOf(error) === 404 && !isOfProxy(error)
}

/** Whether the network failed. gaxios, which both libraries use, gives its own time-out the code TimeoutError. */
export function isNetworkError(error: Error): boolean {
  if (!('code' in error) || typeof error.code !== 'string') return false
  return error.code === 'TimeoutError' || isNetworkCode(error.code)
}

function firstSentence(message: string): string {
  return message.slice(0, 200).split('\n', 1)[0]?.replace(/\.$/, '') ?? ''
}
