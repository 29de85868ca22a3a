/** Sessions in other accounts than the function's. Errors of AWS become step errors: see errors.ts. */
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { AccessDenied, AccountRefused } from '../../errors/step-errors.ts'
import { type SessionCredentials, sts } from './clients/sts.ts'
import { explained } from './errors.ts'

/** A role in another account, and the session that a function makes of it. */
export interface MemberRole {
  readonly roleArn: string
  readonly externalId: string
  readonly sessionName: string
  /** All actions that the session may take, of those that the role allows. */
  readonly actions: readonly string[]
}

/** The shortest session that STS makes, in seconds. */
const sessionSeconds = 900

/**
 * Credentials of a session of the role. They must not get into a log, an error, a state or an answer.
 *
 * @throws {AccountRefused} when STS refuses the role
 * @throws {CloudUnavailable} when STS cannot serve the call
 * @throws {Unreachable} when STS does not answer
 */
export async function assumeMemberRole(role: MemberRole): Promise<SessionCredentials & { readonly expiration: Date }> {
  const { roleArn, externalId, sessionName, actions } = role
  const command = new AssumeRoleCommand({
    RoleArn: roleArn,
    ExternalId: externalId,
    RoleSessionName: sessionName,
    DurationSeconds: sessionSeconds,
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
    }),
  })
  const call = { action: 'sts:AssumeRole', resource: roleArn }
  const { Credentials: credentials } = await explained(call, sts.send(command)).catch(refused)
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
function refused(error: unknown): never {
  if (!(error instanceof AccessDenied)) throw error
  const account = error.object.split(':')[4]
  throw new AccountRefused({
    object: error.object,
    reason: `AWS refused to let the function act in the account ${account}, and does not say why: the member stack is not deployed there, its parameters (such as the external ID) are not those of this deployment, the account is closed, or a policy of the organization denies it`,
    action: `Deploy the member stack in ${account} with the external ID of the setting accounts, as docs/deploy.md says, and send the request again; if the account is closed, reopen it`,
  })
}
