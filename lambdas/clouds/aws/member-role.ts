/** Sessions in other accounts than the function's. Errors of AWS become step errors: see errors.ts. */
import { AssumeRoleCommand, type AssumeRoleCommandInput, type STSClient } from '@aws-sdk/client-sts'
import { AccessDenied, AccountRefused } from '../../errors/step-errors.ts'
import { type SessionCredentials, sts, stsAs } from './clients/sts.ts'
import { explained } from './errors.ts'

/** A role in another account, and the session that a function makes of it. */
export interface MemberRole {
  /** The role of the function's own account that this one trusts. */
  readonly callerArn: string
  readonly roleArn: string
  readonly externalId: string
  readonly sessionName: string
  /** All actions that the session may take, of those that the role allows. */
  readonly actions: readonly string[]
}

/** The shortest session that STS makes, in seconds. */
const sessionSeconds = 900

/** Credentials of a session, with the time from which STS refuses them. */
type Session = SessionCredentials & { readonly expiration: Date }

/** Clients that act as a role of the function's own account, by its ARN. */
const callers = new Map<string, STSClient>()

/**
 * Credentials of a session of the role. They must not get into a log, an error, a state or an answer.
 *
 * @throws {AccountRefused} when STS refuses the role, or the one that it trusts
 * @throws {CloudUnavailable} when STS cannot serve the call
 * @throws {Unreachable} when STS does not answer
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
  const { Credentials: credentials } = await explained(call, client.send(command))
  return {
    accessKeyId: credentials?.AccessKeyId ?? '',
    secretAccessKey: credentials?.SecretAccessKey ?? '',
    sessionToken: credentials?.SessionToken ?? '',
    expiration: credentials?.Expiration ?? new Date(),
  }
}

/**
 * STS gives one answer when the role does not exist, when its trust policy refuses the caller or the external ID, and when
 * a policy of the organization denies the call. AWS does not document its answer for a closed account.
 */
function refused(error: unknown, callerArn: string): never {
  if (!(error instanceof AccessDenied)) throw error
  if (error.object === callerArn) {
    throw new AccountRefused({
      object: callerArn,
      reason:
        'AWS refused to let the function assume the role of the deployment that the member roles trust: the role or its policies were changed, or a policy of the organization denies it',
      action: 'Deploy again as docs/deploy.md says, and send the request again',
    })
  }
  const account = error.object.split(':')[4]
  throw new AccountRefused({
    object: error.object,
    reason: `AWS refused to let the function act in the account ${account}, and does not say why: the member stack is not deployed there, its parameters (such as the external ID) are not those of this deployment, the account is closed, or a policy of the organization denies it`,
    action: `Deploy the member stack in ${account} with the external ID of the setting accounts, as docs/deploy.md says, and send the request again; if the account is closed, reopen it`,
  })
}
