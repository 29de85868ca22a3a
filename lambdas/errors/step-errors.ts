/**
 * One class for each condition that the state machine or a caller distinguishes.
 *
 * The class name is the error name in the state machine's `Retry` and `Catch`; a test compares the two. The three parts
 * contain what happened (`reason`), the object (`object`) and what to do about it (`action`). None of them may contain
 * a secret or a body from outside.
 */
export interface Explanation {
  /** The object of the error: an ARN, a URL, or `Kind namespace/name`. */
  readonly object: string
  /** What happened: a sentence without a full stop. */
  readonly reason: string
  /** What the reader can do about it: a sentence without a full stop. */
  readonly action: string
}

export abstract class StepError extends Error implements Explanation {
  /** True when the same call may succeed later. The state machine retries these errors and no others. */
  abstract readonly transient: boolean
  /** True when nothing behind the object can be observed. A drift then reports all of it as unreachable. */
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

/** A cloud returned a server error or throttled the call, after the SDK's own retries. */
export class CloudUnavailable extends TransientError {
  static override readonly unreachable = true
  override readonly name = 'CloudUnavailable'
}

/** No connection to a host, or to the proxy in front of it. */
export class Unreachable extends TransientError {
  static override readonly unreachable = true
  override readonly name: string = 'Unreachable'
}

/** The agent of a cluster has not answered in time. It may be restarting, so the state machines retry for longer. */
export class AgentNotResponding extends Unreachable {
  override readonly name = 'AgentNotResponding'
}

/** Another writer wrote between the read and the write. An etag or version no longer matches, or the object exists. */
export class ConcurrentChange extends TransientError {
  override readonly name = 'ConcurrentChange'
}

/** IAM or STS does not yet reflect a recent write. */
export class NotYetConsistent extends TransientError {
  override readonly name = 'NotYetConsistent'
}

/** Credentials in Secrets Manager are malformed, or of a refused kind (exec, files, insecure-skip-tls-verify). */
export class InvalidCredentials extends PermanentError {
  static override readonly unreachable = true
  override readonly name = 'InvalidCredentials'
}

/** A cloud denied an action. The reason contains the action, and the object is the resource. */
export class AccessDenied extends PermanentError {
  override readonly name = 'AccessDenied'
}

/**
 * The deployment may not act in the account of the object. Waiting does not resolve that, so it never counts as a
 * denial that ends once IAM has propagated a write.
 */
export class AccountRefused extends PermanentError {
  override readonly name = 'AccountRefused'
}

/** An object of this name exists and is not managed by the product, or belongs to another cluster or workload. */
export class OwnershipConflict extends PermanentError {
  override readonly name = 'OwnershipConflict'
}

/** An object that a step was about to change is missing, although a setup created or found it before. */
export class ObjectMissing extends PermanentError {
  override readonly name = 'ObjectMissing'
}

/** Another field manager or another client has set a field that the product would set. */
export class FieldConflict extends PermanentError {
  override readonly name = 'FieldConflict'
}

/** The server does not know the resource type, for example the AWSCluster definition. */
export class MissingResourceType extends PermanentError {
  override readonly name = 'MissingResourceType'
}

/** A server rejected the object itself because of its schema, a quota or an admission rule. */
export class InvalidObject extends PermanentError {
  override readonly name = 'InvalidObject'
}

/** An organisation policy prevents the bucket from being public. */
export class PublicAccessPrevented extends PermanentError {
  override readonly name = 'PublicAccessPrevented'
}

/** A limit of the cloud is reached, for example 100 OIDC providers in an account. */
export class LimitExceeded extends PermanentError {
  override readonly name = 'LimitExceeded'
}

/** The product does not support the cluster or the webhook image. */
export class Unsupported extends PermanentError {
  override readonly name = 'Unsupported'
}

/** A change has a consequence that the request has to accept first. */
export class ConsentMissing extends PermanentError {
  override readonly name = 'ConsentMissing'
}

/** A certificate request of the webhook was denied or has failed. */
export class CertificateRequestRefused extends PermanentError {
  override readonly name = 'CertificateRequestRefused'
}

/** A discovery document is not trustworthy: it is too large, redirected, of another issuer or without keys. */
export class InvalidDiscovery extends PermanentError {
  override readonly name = 'InvalidDiscovery'
}

/** Without `force`, a key is not revoked if AWS would then reject every token of its cluster. */
export class KeyInUse extends PermanentError {
  override readonly name = 'KeyInUse'
}

/** A TLS certificate chain is not valid. */
export class UntrustedCertificate extends PermanentError {
  static override readonly unreachable = true
  override readonly name = 'UntrustedCertificate'
}

/** A URL from outside leads to a loopback, link-local, private or metadata address. */
export class UnsafeAddress extends PermanentError {
  static override readonly unreachable = true
  override readonly name = 'UnsafeAddress'
}

/** The proof failed: STS rejected a token that it must accept, or accepted a token that it must reject. */
export class VerificationFailed extends PermanentError {
  override readonly name = 'VerificationFailed'
}

/** A rotation has completed, and failed for some clusters. */
export class ClustersFailed extends PermanentError {
  override readonly name = 'ClustersFailed'
}

/** The input of a step does not match its schema: the workflow and its steps are of different versions. */
export class InvalidStepInput extends PermanentError {
  override readonly name = 'InvalidStepInput'
}

/**
 * The operation no longer holds the lock of its cluster, because it was cancelled or another operation acquired its
 * stale lock. Its steps must not continue.
 */
export class OperationEnded extends PermanentError {
  override readonly name = 'OperationEnded'
}

/** Whether a cloud or a member account denied the action of a function. */
export function isRefusal(error: unknown): boolean {
  return error instanceof AccessDenied || error instanceof AccountRefused
}

/** A test compares the classes with the state machines. */
export const stepErrors = [
  CloudUnavailable,
  Unreachable,
  AgentNotResponding,
  ConcurrentChange,
  NotYetConsistent,
  InvalidCredentials,
  AccessDenied,
  AccountRefused,
  OwnershipConflict,
  ObjectMissing,
  FieldConflict,
  MissingResourceType,
  InvalidObject,
  PublicAccessPrevented,
  LimitExceeded,
  Unsupported,
  ConsentMissing,
  CertificateRequestRefused,
  InvalidDiscovery,
  KeyInUse,
  UntrustedCertificate,
  UnsafeAddress,
  VerificationFailed,
  ClustersFailed,
  InvalidStepInput,
  OperationEnded,
] as const
