import {
  AccessDenied,
  CloudUnavailable,
  ConcurrentChange,
  InvalidCredentials,
  InvalidObject,
  MissingResourceType,
  type StepError,
  Unsupported,
} from '../../errors/step-errors.ts'
import type { ApiStatus } from './api-status.ts'
import type { ConnectionText } from './connection-text.ts'
import { conflictsOf, fieldConflict } from './field-conflict.ts'
import { filteredField, filteredReason, shortenedList } from './shown.ts'
import { webhookFailure } from './webhook-failure.ts'

/** A request to an API server, as its errors describe it. */
export interface ApiCall {
  /** As RBAC spells it: "patch". */
  readonly verb: string
  /** As RBAC spells it, with the group: "serviceaccounts", "serviceaccounts/token", "deployments.apps". */
  readonly resource: string
  /** "ServiceAccount default/s3-reader". */
  readonly object: string
  readonly cluster: string
  readonly connection: ConnectionText
  /** The command that prints the rights that the credentials need. With --apply, it grants the rights. */
  readonly rightsCommand: string
}

export interface ApiAnswer {
  readonly httpStatus: number
  /** Undefined when the body was no Status object. */
  readonly status: ApiStatus | undefined
}

/** Returns the error for an unsuccessful response. From the untrusted message of the server, it quotes only names. */
export function apiError(call: ApiCall, answer: ApiAnswer): StepError {
  const { httpStatus, status } = answer
  const misfits = typeIssues(status)
  if (misfits.length > 0) return invalidFields(call, httpStatus, misfits)
  // 410: the pages of a list have expired.
  if (httpStatus >= 500 || httpStatus === 429 || httpStatus === 410) return unavailable(call, answer)
  switch (httpStatus) {
    case 401:
      return rejected(call)
    case 403:
      return forbidden(call, status)
    case 404:
      return isUnknownPath(status) ? notOffered(call, httpStatus) : notFound(call)
    case 405:
    case 406:
    case 415:
      return notOffered(call, httpStatus)
    case 409:
      return conflict(call, status)
    default:
      return invalid(call, answer)
  }
}

/** The /readyz checks that fail until the server has read all roles and bindings, and created the built-in ones. */
const checksOfRoles = ['informer-sync', 'poststarthook/rbac/bootstrap-roles']

/**
 * Whether a server may not have read its roles yet, judging by its error response to a read of /readyz. A server that
 * is not ready lists the failed checks as `[-]NAME failed: …`. A server that has read no role answers 403.
 * https://kubernetes.io/docs/reference/using-api/health-checks/
 */
export function mayBeReadingRoles(httpStatus: number, body: unknown): boolean {
  if (httpStatus === 403) return true
  return typeof body === 'string' && checksOfRoles.some((check) => body.includes(`[-]${check} `))
}

/**
 * Returns the error for a denial by a server that has not read its roles yet. For some seconds after its start, a
 * server denies requests of everyone except members of system:masters.
 */
export function stillStarting({ object, reason }: AccessDenied): CloudUnavailable {
  return new CloudUnavailable({
    object,
    reason: `${reason}, and the API server does not report that it is ready: the server may have just started, and may not have read its roles yet`,
    action:
      'If the error recurs, check /readyz of the API server, and bind the ClusterRole system:public-info-viewer to the groups system:authenticated and system:unauthenticated again, as Kubernetes does',
  })
}

/** Returns the error for an object whose apiVersion and kind the server does not have. */
export function missingResourceType(type: { apiVersion: string; kind: string }, cluster: string): MissingResourceType {
  return new MissingResourceType({
    object: `${type.kind} (${type.apiVersion})`,
    reason: `the API server of cluster ${cluster} does not have this resource type`,
    action:
      'If the credentials are those of the right cluster, install the CustomResourceDefinition of the type there. Otherwise correct the credentials',
  })
}

function where(call: ApiCall): string {
  return `on cluster ${call.cluster}`
}

function rejected(call: ApiCall): InvalidCredentials {
  const { connection } = call
  return new InvalidCredentials({
    object: connection.object,
    reason: `the API server of cluster ${call.cluster} rejects ${connection.rejected} (${call.verb} ${call.resource}: 401)`,
    action: connection.replace,
  })
}

function forbidden(call: ApiCall, status: ApiStatus | undefined): StepError {
  if (causeReasons(status).includes('NamespaceTerminating')) {
    return new ConcurrentChange({
      object: call.object,
      reason: `its namespace ${where(call)} is being deleted`,
      action: 'Wait until the namespace is gone, or find out what prevents its deletion',
    })
  }
  const refusal = admissionRefusal(status) ?? (isMissingRight(status) ? undefined : 'an admission rule')
  if (refusal) return refusedByAdmission(call, refusal)
  const { right, action } = missingRight(call, status)
  return new AccessDenied({
    object: call.object,
    reason: `${call.connection.caller} may not ${right} ${where(call)}`,
    action: `${action}; "${call.rightsCommand} --apply" grants all rights that operations on the cluster need`,
  })
}

/**
 * Whether the caller lacks a right. The authorizer's message is `… is forbidden: User "NAME" cannot …`
 * (k8s.io/apiserver, endpoints/handlers/responsewriters/errors.go). In an admission message, `is forbidden: ` is not
 * followed by `User "`.
 */
function isMissingRight(status: ApiStatus | undefined): boolean {
  const message = status?.message ?? ''
  const isOfAdmission = / is forbidden: (?!User ")/.test(message) && !isDenialWithoutUser(status)
  return !isOfAdmission || isGrant(status) || signerOf(status) !== undefined
}

/**
 * Whether `is forbidden: ` is followed only by the authorizer's reason. Up to Kubernetes 1.21, the server denies an
 * apply in this form if the caller may patch but not create. RBAC's reason is empty, or lists the roles that RBAC did
 * not find (k8s.io/apiserver v0.21, endpoints/handlers/update.go, withAuthorization).
 */
function isDenialWithoutUser(status: ApiStatus | undefined): boolean {
  return / is forbidden: (RBAC: .*)?$/s.test(status?.message ?? '')
}

/** Returns the missing right. Besides the authorizer, two admission rules check rights, with their own messages. */
function missingRight(call: ApiCall, status: ApiStatus | undefined): { right: string; action: string } {
  const signer = signerOf(status)
  if (signer !== undefined) {
    return {
      right: `approve requests for the signer ${signer}`,
      action: `Allow approve on signers.certificates.k8s.io, resourceNames [${signer}], by a ClusterRole bound to their user`,
    }
  }
  if (isGrant(status)) {
    return {
      right: 'grant rights that they do not have themselves',
      action:
        'Grant their user every right in the role that is being written or bound (kubectl apply --dry-run=server lists the missing ones), or the verbs escalate and bind on that role',
    }
  }
  const verb = refusedVerb(status) ?? call.verb
  return {
    right: `${verb} ${call.resource}`,
    action: `Allow ${verb} on ${call.resource} by a Role or ClusterRole bound to their user`,
  }
}

/** Returns the denied verb. It may differ from the request's: an apply of a missing object also needs `create`. */
function refusedVerb(status: ApiStatus | undefined): string | undefined {
  return isDenialWithoutUser(status) ? 'create' : named(/ cannot ([a-z]{1,30}) resource "/, status)
}

/**
 * Whether RBAC prevented the caller from granting more rights than the caller has
 * (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping).
 */
function isGrant(status: ApiStatus | undefined): boolean {
  return status?.message?.includes('attempting to grant RBAC permissions not currently held') ?? false
}

/** Returns the signer for which the right to approve is missing (plugin/pkg/admission/certificates/approval). */
function signerOf(status: ApiStatus | undefined): string | undefined {
  return named(/not permitted to approve requests with signerName "([a-z0-9./-]{1,253})"/, status)
}

function notFound(call: ApiCall): InvalidObject {
  return new InvalidObject({
    object: call.object,
    reason: `the object or its namespace does not exist ${where(call)} (${call.verb} ${call.resource}: 404)`,
    action: 'Create it first, or correct its name',
  })
}

/** Whether the server has no such path, such as the path of a disabled subresource. The message is apimachinery's. */
export function isUnknownPath(status: ApiStatus | undefined): boolean {
  return status?.message === 'the server could not find the requested resource'
}

function notOffered(call: ApiCall, httpStatus: number): Unsupported {
  return new Unsupported({
    object: call.object,
    reason: `the API server of cluster ${call.cluster} does not support ${call.verb} of ${call.resource} (${httpStatus})`,
    action: 'Use Kubernetes 1.19 or newer, with server-side apply and TokenRequest not switched off',
  })
}

function conflict(call: ApiCall, status: ApiStatus | undefined): StepError {
  const conflicts = conflictsOf(status)
  if (conflicts.length > 0) return fieldConflict(call.object, conflicts)
  return new ConcurrentChange({
    object: call.object,
    reason: `another writer created or changed it ${where(call)} at the same time`,
    action: 'Do nothing unless it recurs: the step is retried',
  })
}

function unavailable(call: ApiCall, { httpStatus, status }: ApiAnswer): CloudUnavailable {
  const webhook = webhookFailure(status?.message)
  return new CloudUnavailable({
    object: call.object,
    reason: webhook
      ? `the API server of cluster ${call.cluster} could not call the admission webhook ${webhook.name}: ${webhook.why}`
      : `the API server of cluster ${call.cluster} could not serve ${call.verb} ${call.resource} just now (${httpStatus})`,
    action: webhook
      ? 'Bring the webhook up, or remove its configuration'
      : 'If the error persists, send the request again in some minutes',
  })
}

function invalid(call: ApiCall, { httpStatus, status }: ApiAnswer): StepError {
  const refusal = admissionRefusal(status)
  if (refusal) return refusedByAdmission(call, refusal)
  const causes = status?.details?.causes ?? []
  return invalidFields(
    call,
    httpStatus,
    causes.map(({ field, reason }) => `${filteredField(field)} ${filteredReason(reason)}`),
  )
}

function invalidFields(call: ApiCall, httpStatus: number, fields: readonly string[]): InvalidObject {
  const list = fields.length > 0 ? `: ${shortenedList(fields)}` : ''
  return new InvalidObject({
    object: call.object,
    reason: `the API server of cluster ${call.cluster} refuses it (${httpStatus}${list})`,
    action: 'Correct these fields in the request; kubectl apply --dry-run=server shows the whole message',
  })
}

/**
 * Returns the fields of a server-side apply that the schema does not declare, or that have a wrong type. kube-apiserver
 * answers 500 without causes (k8s.io/apimachinery, managedfields/internal/structuredmerge.go), so this parses the
 * message.
 */
function typeIssues(status: ApiStatus | undefined): string[] {
  const message = status?.message ?? ''
  if (!message.startsWith('failed to create typed patch object')) return []
  const issues = message.matchAll(/(\.[\w.[\]"=:,/-]{1,200}): (field not declared in schema|expected [a-z]{1,20})/g)
  return [...issues].map(([, field, problem]) => `${filteredField(field)} ${problem}`)
}

function refusedByAdmission(call: ApiCall, by: string): InvalidObject {
  return new InvalidObject({
    object: call.object,
    reason: `${by} ${where(call)} refuses it`,
    action: 'Ask whoever runs that rule for an exception; kubectl apply --dry-run=server shows the whole message',
  })
}

/** Patterns for messages of admission rules, which reject with 403 or 400 what the authorizer allows. */
const refusals: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/admission webhook "([a-z0-9.-]{1,253})" denied/, (name) => `the admission webhook ${name}`],
  [
    /admission webhook "([a-z0-9.-]{1,253})" does not support dry run/,
    (name) => `the admission webhook ${name}, which supports no dry run,`,
  ],
  [/ValidatingAdmissionPolicy '([a-z0-9.-]{1,253})'/, (name) => `the ValidatingAdmissionPolicy ${name}`],
  [/exceeded quota: ([a-z0-9.-]{1,253})(?![\w.-])/, (name) => `the quota ${name}`],
  [/violates PodSecurity "([a-z]{1,20}:[a-z0-9.]{1,20})"/, (level) => `PodSecurity ${level}`],
  [/is forbidden: (PodSecurityPolicy): /, () => 'PodSecurityPolicy'],
  [
    /is forbidden: (error looking up service account) /,
    () => "the admission of pods, which does not find the pod's service account,",
  ],
  [/ (usage|limit to request ratio) per (?:Container|Pod) is /, () => 'a LimitRange of the namespace'],
]

/** Returns the admission rule that rejected the object. */
function admissionRefusal(status: ApiStatus | undefined): string | undefined {
  for (const [pattern, refuser] of refusals) {
    const name = named(pattern, status)
    if (name !== undefined) return refuser(name)
  }
  return undefined
}

function named(pattern: RegExp, status: ApiStatus | undefined): string | undefined {
  return pattern.exec(status?.message ?? '')?.[1]
}

function causeReasons(status: ApiStatus | undefined): string[] {
  return (status?.details?.causes ?? []).map(({ reason = '' }) => reason)
}
