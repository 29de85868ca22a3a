import type { ErrorAnswer } from '../faults.ts'

/** An error of the JSON API (https://cloud.google.com/storage/docs/json_api/v1/status-codes). */
export class GoogleError extends Error {
  readonly status: number
  readonly reason: string
  readonly header: string | undefined

  constructor(status: number, reason: string, message: string, header?: string) {
    super(message)
    this.status = status
    this.reason = reason
    this.header = header
  }

  body(): object {
    const { status, reason, message, header } = this
    const location = header === undefined ? {} : { locationType: 'header', location: header }
    return { error: { code: status, message, errors: [{ message, domain: 'global', reason, ...location }] } }
  }
}

/** @param permission such as `storage.buckets.get` @param kind of the resource that needs the permission */
export function forbidden(
  caller: string | undefined,
  permission: string,
  kind: 'bucket' | 'object' | 'project',
): GoogleError {
  const resource = kind === 'project' ? 'Google Cloud project' : `Google Cloud Storage ${kind}`
  const message = `${caller ?? 'Anonymous caller'} does not have ${permission} access to the ${resource}. Permission '${permission}' denied on resource (or it may not exist).`
  return caller === undefined
    ? new GoogleError(401, 'required', message, 'Authorization')
    : new GoogleError(403, 'forbidden', message)
}

export const invalidCredentials = () => new GoogleError(401, 'authError', 'Invalid Credentials', 'Authorization')
export const noSuchBucket = () => new GoogleError(404, 'notFound', 'The specified bucket does not exist.')
export const noSuchObject = (bucket: string, name: string) =>
  new GoogleError(404, 'notFound', `No such object: ${bucket}/${name}`)
export const notEmpty = () => new GoogleError(409, 'conflict', 'The bucket you tried to delete is not empty.')
export const outOfService = (fault: Exclude<ErrorAnswer, 'refuse'>) =>
  fault === 'throttle'
    ? new GoogleError(
        429,
        'rateLimitExceeded',
        'The project exceeded the rate limit for creating and deleting buckets.',
      )
    : new GoogleError(
        fault === 'break' ? 500 : 503,
        'backendError',
        'We encountered an internal error. Please try again.',
      )
export const invalid = (message: string) => new GoogleError(400, 'invalid', message)

export const staleCondition = () =>
  new GoogleError(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.', 'If-Match')

/** The code is the same as for a stale etag. Only the message differs. */
export const publicAccessPrevented = () =>
  new GoogleError(
    412,
    'conditionNotMet',
    'The member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced.',
    'If-Match',
  )

export const domainRestricted = () =>
  new GoogleError(
    412,
    'conditionNotMet',
    'One or more users named in the policy do not belong to a permitted customer.',
    'If-Match',
  )

/** @param byCaller true if the caller owns the bucket */
export const nameTaken = (byCaller: boolean) =>
  new GoogleError(
    409,
    'conflict',
    byCaller
      ? 'Your previous request to create the named bucket succeeded and you already own it.'
      : 'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
  )
