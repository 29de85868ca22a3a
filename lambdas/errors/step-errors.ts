/**
 * Every condition that the state machine or a caller tells apart, one small class each.
 *
 * The class name is the error name in the state machine's `Retry` and `Catch`; a test holds the two together. The three
 * parts say what happened (`reason`), to which object (`object`) and what to do about it (`action`). None of them may
 * carry a secret or a body that came from outside.
 */
export interface Explanation {
  /** The object it happened to: an ARN, a URL, or `Kind namespace/name`. */
  readonly object: string
  /** What happened, as a sentence without a full stop. */
  readonly reason: string
  /** What the reader can do about it, as a sentence without a full stop. */
  readonly action: string
}

export abstract class StepError extends Error implements Explanation {
  /** True when the same call may succeed a little later: the state machine retries these and no others. */
  abstract readonly transient: boolean
  /** True when nothing behind the object can be looked at: a drift names all of it as unreachable. */
  static readonly unreachable: boolean = false
  readonly object: string
  readonly reason: string
  readonly action: string

  constructor(explanation: Explanation, options?: { cause?: unknown }) {
    super(`${explanation.object}: ${explanation.reason}. ${explanation.action}.`, options)
    this.object = explanation.object
    this.reason = explanation.reason
    this.action = explanation.action
  }
}

abstract class TransientError extends StepError {
  readonly transient = true
}

abstract class PermanentError extends StepError {
  readonly transient = false
}

/** A cloud answered with a server error or throttled the call, past the SDK's own attempts. */
export class CloudUnavailable extends TransientError {
  static override readonly unreachable = true
  override readonly name = 'CloudUnavailable'
}

/** No connection to a host or to the proxy in front of it. */
export class Unreachable extends TransientError {
  static override readonly unreachable = true
  override readonly name = 'Unreachable'
}

/** Somebody else wrote between our read and our write: an etag or version no longer fits, or a create found the object there. */
export class ConcurrentChange extends TransientError {
  override readonly name = 'ConcurrentChange'
}

/** IAM or STS does not yet answer from what was just written. */
export class NotSettled extends TransientError {
  override readonly name = 'NotSettled'
}

/** Credentials in Secrets Manager are malformed, or of a kind that is refused (exec, files, insecure-skip-tls-verify). */
export class InvalidCredentials extends PermanentError {
  static override readonly unreachable = true
  override readonly name = 'InvalidCredentials'
}

/** A cloud refused an action; the reason names the action, the object the resource. */
export class AccessDenied extends PermanentError {
  override readonly name = 'AccessDenied'
}

/** An object of this name is there and is not ours, or belongs to another cluster or workload. */
export class NotOurs extends PermanentError {
  override readonly name = 'NotOurs'
}

/** An object is not there that a setup has made or found, and that was to be changed. */
export class ObjectMissing extends PermanentError {
  override readonly name = 'ObjectMissing'
}

/** Another field manager owns a field that we would set. */
export class FieldConflict extends PermanentError {
  override readonly name = 'FieldConflict'
}

/** The server does not know the resource type, for example the AWSCluster definition. */
export class MissingResourceType extends PermanentError {
  override readonly name = 'MissingResourceType'
}

/** A server refused the object itself: its schema, a quota, an admission rule. */
export class InvalidObject extends PermanentError {
  override readonly name = 'InvalidObject'
}

/** An organisation policy keeps the bucket from being public. */
export class PublicAccessPrevented extends PermanentError {
  override readonly name = 'PublicAccessPrevented'
}

/** A limit of the cloud is reached, for example 100 OIDC providers in an account. */
export class LimitExceeded extends PermanentError {
  override readonly name = 'LimitExceeded'
}

/** The cluster or the webhook image is one that this cannot work with. */
export class Unsupported extends PermanentError {
  override readonly name = 'Unsupported'
}

/** A certificate request of the webhook was denied or has failed. */
export class CertificateRequestRefused extends PermanentError {
  override readonly name = 'CertificateRequestRefused'
}

/** A discovery document cannot be believed: too large, redirected, of another issuer, without keys. */
export class InvalidDiscovery extends PermanentError {
  override readonly name = 'InvalidDiscovery'
}

/** A TLS chain does not validate. */
export class UntrustedCertificate extends PermanentError {
  static override readonly unreachable = true
  override readonly name = 'UntrustedCertificate'
}

/** A URL from outside leads to a loopback, link-local, private or metadata address. */
export class UnsafeAddress extends PermanentError {
  static override readonly unreachable = true
  override readonly name = 'UnsafeAddress'
}

/** The proof failed: a token was refused that must be accepted, or accepted that must be refused. */
export class VerificationFailed extends PermanentError {
  override readonly name = 'VerificationFailed'
}

/** A rotation has come to its end, and not with every cluster. */
export class ClustersFailed extends PermanentError {
  override readonly name = 'ClustersFailed'
}

/** What the step was given does not fit its schema: the workflow and its steps are of different versions. */
export class InvalidStepInput extends PermanentError {
  override readonly name = 'InvalidStepInput'
}

/** The operation no longer holds its cluster: it was cancelled, or its lock was taken over. Its steps must not go on. */
export class OperationEnded extends PermanentError {
  override readonly name = 'OperationEnded'
}

/** All classes, for the test that holds them against the state machines. */
export const stepErrors = [
  CloudUnavailable,
  Unreachable,
  ConcurrentChange,
  NotSettled,
  InvalidCredentials,
  AccessDenied,
  NotOurs,
  ObjectMissing,
  FieldConflict,
  MissingResourceType,
  InvalidObject,
  PublicAccessPrevented,
  LimitExceeded,
  Unsupported,
  CertificateRequestRefused,
  InvalidDiscovery,
  UntrustedCertificate,
  UnsafeAddress,
  VerificationFailed,
  ClustersFailed,
  InvalidStepInput,
  OperationEnded,
] as const
