import {
  AccessDenied,
  AccountRefused,
  CloudUnavailable,
  ConcurrentChange,
  InvalidObject,
  LimitExceeded,
  StepError,
  Unreachable,
} from '../../errors/step-errors.ts'
import { isNetworkCode } from '../network/connection-error.ts'

/** A call to AWS. Its error always names the call, whatever AWS responds. */
export interface AwsCall {
  /** The IAM action: "iam:CreateRole". */
  readonly action: string
  /** The name of the resource in messages: an ARN, or a name such as "s3://BUCKET/KEY". */
  readonly resource: string
  /** An addition to the action in messages: "policy arn:...". */
  readonly detail?: string
  /** The quota that the call may exceed, as a clause for the message. */
  readonly limit?: string
}

/** The parts of an SDK error that this module reads. It reads neither the request nor the response in the error. */
interface SdkError {
  readonly name: string
  readonly code?: string
  readonly status?: number
  readonly message: string
  /** Whether the response contains an error code of AWS. A response without a code may come from a proxy. */
  readonly isNamed: boolean
}

type Explained = (call: AwsCall, error: SdkError, cause: unknown) => StepError

const accessDenied: Explained = (call, error) => {
  const denied = deniedAction(call, error)
  const within = denied === call.action ? '' : `, because the permission ${denied} is missing`
  // The error has no cause, because AWS's message repeats the caller's ARN and the names of policies.
  return new AccessDenied({
    object: call.resource,
    reason: `AWS refused ${nameOf(call)}${within} (${error.name})`,
    action: `Allow ${denied} on ${call.resource} to the function's role, and look for a service control policy or boundary that denies it`,
  })
}

/**
 * Returns the missing permission from AWS's message. It can differ from the action of the call: a transaction needs
 * the permissions for its items, and IAM requires iam:TagRole to create a role with tags.
 */
function deniedAction(call: AwsCall, { message }: SdkError): string {
  return /is not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)/.exec(message)?.[1] ?? call.action
}

const badSignature: Explained = (call, error) =>
  new AccessDenied({
    object: call.resource,
    reason: `AWS did not accept the function's own credentials for ${call.action} (${error.name})`,
    action: "Check the function's role, and the clock and the region with which the function signed the call",
  })

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html */
const stsInactive: Explained = (call, error) => {
  const account = call.resource.split(':')[4]
  return new AccountRefused({
    object: call.resource,
    reason: `STS is not active in the region of the deployment for the account ${account}, so ${call.action} gets no session (${error.name})`,
    action: `Activate it in the account ${account}: in the IAM console under Account settings, or, if AWS does not enable the region by default, with "aws account enable-region"`,
  })
}

const changedMeanwhile: Explained = (call, error, cause) =>
  new ConcurrentChange(
    {
      object: call.resource,
      reason: `another writer changed it during ${nameOf(call)} (${error.name})`,
      action: 'Do nothing unless it recurs: the step is retried',
    },
    { cause },
  )

/** NoSuchEntity is about a policy if its message says so. Otherwise it is about the resource of the call. */
const absent: Explained = (call, error, cause) => {
  if (error.message.startsWith('Scope ARN: ')) return noBoundary(call, error, cause)
  return error.message.includes('not attachable')
    ? notAttachable(call, error, cause)
    : changedMeanwhile(call, error, cause)
}

/** "Scope ARN: ARN does not exist or is not attachable." is about the boundary, which the deployment creates. */
const noBoundary: Explained = (call, error, cause) =>
  new InvalidObject(
    {
      object: /^Scope ARN: (\S+)/.exec(error.message)?.[1] ?? call.resource,
      reason: `the permissions boundary that ${call.action} gives to roles does not exist`,
      action: 'Deploy workload-identity again to create it',
    },
    { cause },
  )

const noStateMachine: Explained = (call, error, cause) =>
  new InvalidObject(
    {
      object: call.resource,
      reason: `the state machine of ${call.action} does not exist (${error.name})`,
      action: 'Deploy workload-identity again to create it',
    },
    { cause },
  )

const notAttachable: Explained = (call, _error, cause) =>
  new InvalidObject(
    {
      object: call.resource,
      reason: `the policy of ${nameOf(call)} does not exist or is of a kind that cannot be attached`,
      action: "Correct the policy's ARN in the request, or create the policy",
    },
    { cause },
  )

/**
 * IAM may count a policy as attached for a while after it is detached. Then a retry helps. It does not help if the role
 * is in an instance profile.
 */
const stillInUse: Explained = (call, error, cause) => {
  if (!error.message.includes('instance profile')) return changedMeanwhile(call, error, cause)
  return new InvalidObject(
    {
      object: call.resource,
      reason: `AWS refused ${call.action}, because the role is in an instance profile`,
      action:
        'Remove the role from its instance profile (aws iam list-instance-profiles-for-role names it), and send the request again',
    },
    { cause },
  )
}

const limitExceeded: Explained = (call, error, cause) =>
  new LimitExceeded(
    {
      object: call.resource,
      reason: `${call.action} reached a limit (${call.limit ?? error.name})`,
      action: 'Remove what is no longer needed, or ask AWS for a higher quota',
    },
    { cause },
  )

const unavailable: Explained = (call, error, cause) =>
  new CloudUnavailable(
    {
      object: call.resource,
      reason: `AWS could not serve ${call.action} just now (${error.name})`,
      action: 'If the error persists, send the request again in some minutes',
    },
    { cause },
  )

const unreachable: Explained = (call, error, cause) =>
  new Unreachable(
    {
      object: call.resource,
      reason: `no answer from AWS to ${call.action} (${error.code ?? error.name})`,
      action: "Check the function's network egress: endpoint, proxy, route and DNS",
    },
    { cause },
  )

/** The error has no cause, because a parser's message may quote a secret. AWS may have executed the call. */
const garbled: Explained = (call, error) =>
  new CloudUnavailable({
    object: call.resource,
    reason: `the answer to ${call.action} was truncated or corrupted on its way from AWS (status ${error.status})`,
    action: "Send the request again; if it persists, check the proxies in the function's network egress to AWS",
  })

const malformedPolicy: Explained = (call, error, cause) =>
  new InvalidObject(
    {
      object: call.resource,
      // Only IAM's message says which element is wrong. It quotes nothing but the policy of the request.
      reason: `IAM refused the policy document of ${call.action}: ${withoutFullStop(error.message)}`,
      action: 'Correct the policy in the request',
    },
    { cause },
  )

const invalid: Explained = (call, error, cause) =>
  new InvalidObject(
    {
      object: call.resource,
      reason: `AWS refused the input of ${nameOf(call)} (${error.name})`,
      action: 'Check the names, ARNs and documents of the request',
    },
    { cause },
  )

const byName: Readonly<Record<string, Explained>> = {
  AccessDenied: accessDenied,
  AccessDeniedException: accessDenied,
  UnauthorizedOperation: accessDenied,
  CredentialsProviderError: badSignature,
  ExpiredToken: badSignature,
  ExpiredTokenException: badSignature,
  InvalidClientTokenId: badSignature,
  InvalidSignatureException: badSignature,
  SignatureDoesNotMatch: badSignature,
  RegionDisabled: stsInactive,
  RegionDisabledException: stsInactive,
  UnrecognizedClientException: badSignature,
  ConcurrentModification: changedMeanwhile,
  ConcurrentModificationException: changedMeanwhile,
  DeleteConflict: stillInUse,
  DeleteConflictException: stillInUse,
  EntityAlreadyExists: changedMeanwhile,
  EntityAlreadyExistsException: changedMeanwhile,
  EntityTemporarilyUnmodifiable: changedMeanwhile,
  EntityTemporarilyUnmodifiableException: changedMeanwhile,
  NoSuchEntity: absent,
  NoSuchEntityException: absent,
  ExecutionLimitExceeded: unavailable,
  KmsThrottlingException: unavailable,
  LimitExceeded: limitExceeded,
  LimitExceededException: limitExceeded,
  MalformedPolicyDocument: malformedPolicy,
  MalformedPolicyDocumentException: malformedPolicy,
  PolicyNotAttachable: notAttachable,
  PolicyNotAttachableException: notAttachable,
  ProvisionedThroughputExceededException: unavailable,
  RequestLimitExceeded: unavailable,
  Throttling: unavailable,
  ThrottlingException: unavailable,
  TooManyRequestsException: unavailable,
  StateMachineDeleting: noStateMachine,
  StateMachineDoesNotExist: noStateMachine,
  // Another transaction is writing the same item, for example for a second POST for the same cluster.
  TransactionConflictException: changedMeanwhile,
  TransactionInProgressException: changedMeanwhile,
  // The step's signal aborts its calls shortly before Lambda would stop the function.
  AbortError: unavailable,
  TimeoutError: unreachable,
}

/**
 * Returns the step error for an error of an SDK call:
 * - AccessDenied, with the missing permission and the resource
 * - AccountRefused when STS is not active for the account
 * - CloudUnavailable for throttling, a 5xx, a truncated response, a response that does not come from AWS, and when the
 *   step runs out of time
 * - Unreachable for a network error or a time-out of the request
 * - LimitExceeded for an exceeded quota
 * - ConcurrentChange for a conflict, and for an object that unexpectedly exists or is missing: a second read helps
 * - InvalidObject for every other 4xx with an error code of AWS
 *
 * Returns a StepError unchanged. Returns every remaining error unchanged, because it is a defect of our code.
 */
export function errorOf(error: unknown, call: AwsCall): unknown {
  if (error instanceof StepError || !(error instanceof Error)) return error
  const facts = factsOf(error)
  return explainedBy(facts)?.(call, facts, error) ?? error
}

/**
 * Awaits one SDK call and returns its response.
 *
 * @throws {StepError} when the call fails: see {@link errorOf}
 */
export async function orStepError<Answer>(call: AwsCall, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer
  } catch (error) {
    throw errorOf(error, call)
  }
}

function explainedBy(error: SdkError): Explained | undefined {
  const named = byName[error.name]
  if (named) return named
  if (error.status !== undefined) return byStatus(error.status, error.isNamed)
  return error.code !== undefined && isNetworkCode(error.code) ? unreachable : undefined
}

function byStatus(status: number, isNamed: boolean): Explained {
  if (status === 429 || status >= 500) return unavailable
  if (status < 400 || !isNamed) return garbled
  return status === 403 ? accessDenied : invalid
}

function factsOf(error: Error): SdkError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const status = statusOf(error)
  return {
    name: error.name,
    message: error.message,
    isNamed: '$fault' in error && !unnamed.includes(error.name),
    ...(code !== undefined && { code }),
    ...(status !== undefined && { status }),
  }
}

/** The SDK's names for a response without an error code. If the SDK cannot parse a response, `$fault` is missing. */
const unnamed = ['Unknown', 'UnknownError']

function statusOf(error: Error): number | undefined {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined
}

function nameOf(call: AwsCall): string {
  return call.detail === undefined ? call.action : `${call.action} with ${call.detail}`
}

function withoutFullStop(sentence: string): string {
  return sentence.slice(0, 200).replace(/\.$/, '')
}
