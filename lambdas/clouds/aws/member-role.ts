/** Sessions of roles in member accounts. AWS errors become step errors: see errors.ts. */
import { AssumeRoleCommand, type AssumeRoleCommandInput, type STSClient } from '@aws-sdk/client-sts'
import { AccessDenied, AccountRefused } from '../../errors/step-errors.ts'
import { type SessionCredentials, sts, stsAs } from './clients/sts.ts'
import { orStepError } from './errors.ts'

/** A role in a member account, and the session that a function requests. */
export interface MemberRole {
  /** The role in the function's own account that the member role trusts. */
  readonly callerArn: string
  readonly roleArn: string
  readonly externalId: string
  readonly sessionName: string
  /** The actions that the session policy allows. The role must allow them as well. */
  readonly actions: readonly string[]
}

/** The shortest session that STS allows, in seconds. */
const sessionSeconds = 900

/** `expiration` is the time from which STS rejects the credentials. */
type Session = SessionCredentials & { readonly expiration: Date }

/** Clients that act as a caller role. The key is the ARN of the role. */
const callers = new Map<string, STSClient>()

/**
 * Returns the credentials of a session of the role. The credentials must not get into a log, an error, a state or a
 * response.
 *
 * @throws {AccountRefused} when STS denies the member role or the caller role, or is not active for the account
 * @throws {CloudUnavailable} when STS is unavailable
 * @throws {Unreachable} when STS does not respond
 */
export async function assumeMemberRole(role: MemberRole): Promise<Session> {
  const { callerArn, roleArn, externalId, sessionName, actions } = role
  const caller =
    callers.get(callerArn) ?? stsAs(() => assume(sts, { RoleArn: callerArn, RoleSessionName: sessionName }))
  callers.set(callerArn, caller)
  return assume(caller, {
    RoleArn: roleArn,
    ExternalId: externalId,
    RoleSessionName: sessionName,
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
    }),
  }).catch((error: unknown) => refused(error, callerArn))
}

async function assume(
  client: STSClient,
  input: AssumeRoleCommandInput & { readonly RoleArn: string },
): Promise<Session> {
  const command = new AssumeRoleCommand({ ...input, DurationSeconds: sessionSeconds })
  const call = { action: 'sts:AssumeRole', resource: input.RoleArn }
  const { Credentials: credentials } = await orStepError(call, client.send(command))
  return {
    accessKeyId: credentials?.AccessKeyId ?? '',
    secretAccessKey: credentials?.SecretAccessKey ?? '',
    sessionToken: credentials?.SessionToken ?? '',
    expiration: credentials?.Expiration ?? new Date(),
  }
}

/**
 * STS gives the same response for a missing role, a denial by the trust policy, a wrong external ID, and a denial by a
 * policy of the organization. AWS does not document its response for a closed account.
 */
function refused(error: unknown, callerArn: string): never {
  if (!(error instanceof AccessDenied)) throw error
  if (error.object === callerArn) {
    throw new AccountRefused({
      object: callerArn,
      reason:
        'AWS refused to let the function assume the role of the deployment that the member roles trust: the role or its policies were changed, or a policy of the organization denies it',
      action: 'Deploy again as docs/deployment.md says, and send the request again',
    })
  }
  const account = error.object.split(':')[4]
  throw new AccountRefused({
    object: error.object,
    reason: `AWS refused to let the function act in the account ${account}, and gives no reason. Possible reasons: the member stack is not deployed there, its parameters (such as the external ID) are not those of this deployment, the account is closed, or a policy of the organization denies it`,
    action: `Deploy the member stack in ${account} with the external ID of the setting accounts, as docs/deployment.md says, and send the request again; if the account is closed, reopen it`,
  })
}
