import { AssumeRoleWithWebIdentityCommand, type Credentials, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { type SessionCredentials, sts, stsAs } from './clients/sts.ts'
import { errorOf, orStepError } from './errors.ts'

/** STS's refusal of a token. Callers classify the refusal by the message, but do not pass the message on. */
export interface Refusal {
  /** Error code without "Exception": "AccessDenied", "InvalidIdentityToken". */
  readonly code: string
  readonly message: string
}

const codes = ['AccessDenied', 'ExpiredToken', 'IDPCommunicationError', 'IDPRejectedClaim', 'InvalidIdentityToken']

/** Whether an error code of AssumeRoleWithWebIdentity is a verdict on the token, and not a failure of the call. */
export function isRefusal(code: string): boolean {
  return codes.includes(code)
}

/** What STS reports about a session that it created from a token, without the credentials. */
export interface SessionFacts {
  readonly subject: string
  readonly audience: string
  /** ARN of the OIDC provider. */
  readonly provider: string
  /** ISO 8601, UTC. */
  readonly expiresAt: string
}

/** The credentials must not get into a log, an error, a state or a response. */
export interface Session {
  readonly facts: SessionFacts
  readonly credentials: SessionCredentials
}

/** The shortest session that STS allows, in seconds. */
const sessionSeconds = 900

/** The session has no permissions, because the proof only needs STS to create it. */
const denyAll = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
})

/** The session name of every proof, which CloudTrail records. */
export const proofSessionName = 'workload-identity-verification'

/**
 * Exchanges a service account's token for a session of the role. The session has no permissions. Returns the session,
 * or STS's refusal of the token. The call is unsigned, like the call that a pod makes.
 *
 * @throws {AccountRefused} when STS is not active for the role's account
 * @throws {CloudUnavailable} when STS is unavailable
 * @throws {Unreachable} when STS does not respond
 */
export async function exchangeToken(
  roleArn: string,
  token: string,
  signal: AbortSignal,
): Promise<{ readonly session: Session } | { readonly refusal: Refusal }> {
  const command = new AssumeRoleWithWebIdentityCommand({
    RoleArn: roleArn,
    RoleSessionName: proofSessionName,
    WebIdentityToken: token,
    DurationSeconds: sessionSeconds,
    Policy: denyAll,
  })
  try {
    const answer = await sts.send(command, { abortSignal: signal })
    const facts = {
      subject: answer.SubjectFromWebIdentityToken ?? '',
      audience: answer.Audience ?? '',
      provider: answer.Provider ?? '',
      expiresAt: answer.Credentials?.Expiration?.toISOString() ?? '',
    }
    return { session: { facts, credentials: credentialsOf(answer.Credentials) } }
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal) return { refusal }
    throw errorOf(error, { action: 'sts:AssumeRoleWithWebIdentity', resource: roleArn })
  }
}

/** Returns the ARN of the session from GetCallerIdentity, which needs no permission and which no policy can deny. */
export async function callerArn(roleArn: string, session: Session, signal: AbortSignal): Promise<string> {
  const client = stsAs(session.credentials)
  try {
    const answer = await orStepError(
      { action: 'sts:GetCallerIdentity', resource: roleArn },
      client.send(new GetCallerIdentityCommand({}), { abortSignal: signal }),
    )
    return answer.Arn ?? ''
  } finally {
    client.destroy()
  }
}

function credentialsOf(answer: Credentials | undefined): SessionCredentials {
  return {
    accessKeyId: answer?.AccessKeyId ?? '',
    secretAccessKey: answer?.SecretAccessKey ?? '',
    sessionToken: answer?.SessionToken ?? '',
  }
}

function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined
  const code = error.name.replace(/Exception$/, '')
  return isRefusal(code) ? { code, message: error.message } : undefined
}
