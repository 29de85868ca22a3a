import type { JsonObject } from '../objects/objects.ts'

export interface Cause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

/** The names of a type in errors. The group is empty for core. */
export interface TypeName {
  readonly group: string
  readonly plural: string
  readonly kind: string
}

export interface Details {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly Cause[]
}

/** An error of a handler. The server returns it as a metav1.Status. */
export class ApiError extends Error {
  readonly code: number
  readonly reason: string
  readonly details: Details | undefined

  constructor(code: number, reason: string, message: string, details?: Details) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }

  toStatus(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    }
  }
}

/** Returns the name of a type in messages, such as `deployments.apps`. */
export function qualified(type: TypeName): string {
  return type.group === '' ? type.plural : `${type.plural}.${type.group}`
}

function detailsOf(type: TypeName, name: string): Details {
  return { name, ...(type.group === '' ? {} : { group: type.group }), kind: type.plural }
}

export function notFound(type: TypeName, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualified(type)} "${name}" not found`, detailsOf(type, name))
}

/** The error for a path or type that does not exist. */
export function noSuchResource(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {})
}

export function alreadyExists(type: TypeName, name: string): ApiError {
  return new ApiError(409, 'AlreadyExists', `${qualified(type)} "${name}" already exists`, detailsOf(type, name))
}

export function conflict(type: TypeName, name: string, why: string): ApiError {
  return new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(type)} "${name}": ${why}`,
    detailsOf(type, name),
  )
}

/** The error for a server-side apply of fields that other managers own. */
export function applyConflict(message: string, causes: readonly Cause[]): ApiError {
  return new ApiError(409, 'Conflict', message, { causes })
}

export function invalid(type: TypeName, name: string, causes: readonly Cause[]): ApiError {
  const texts = causes.map((cause) => `${cause.field}: ${cause.message}`)
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`
  return new ApiError(422, 'Invalid', `${kind} "${name}" is invalid: ${text}`, {
    ...detailsOf(type, name),
    kind: type.kind,
    causes,
  })
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message)
}

export function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'Unauthorized')
}

export function forbidden(message: string, details?: Details): ApiError {
  return new ApiError(403, 'Forbidden', message, details)
}

export function terminating(type: TypeName, name: string, namespace: string): ApiError {
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  const message = `namespace ${namespace} is being terminated`
  const causes = [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }]
  return forbidden(`${qualified(type)} "${name}" is forbidden: ${why}`, { ...detailsOf(type, name), causes })
}

export function methodNotAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}

/** The message of go-restful. A real server sends it as plain text, without a Status. */
export function notAcceptable(): ApiError {
  return new ApiError(406, 'NotAcceptable', '406: Not Acceptable')
}

export function unsupportedMediaType(accepted: readonly string[], advice = ''): ApiError {
  return new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}${advice}`,
  )
}

export function internalErrorWithCause(message: string): ApiError {
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ reason: '', message, field: '' }],
  })
}

export function unexpectedError(why: string): ApiError {
  return new ApiError(500, 'InternalError', `Internal error occurred: ${why}`)
}

export function tooManyRequests(): ApiError {
  return new ApiError(429, 'TooManyRequests', 'Too many requests, please try again later.')
}

export function unavailable(): ApiError {
  return new ApiError(503, 'ServiceUnavailable', 'the server is currently unable to handle the request')
}
