/** Users and roles for tests of IAM's decisions. */
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { account, rootCredentials } from '../../../../sandbox/account.ts'

export type Server = { readonly endpoint: string }

let count = 0

export const arn = (resource: string) => `arn:aws:iam::${account.id}:${resource}`

/** Lets every principal of the account assume a role. */
export const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { AWS: arn('root') }, Action: 'sts:AssumeRole' },
})

export const connection = ({ endpoint }: Server) => ({ endpoint, region: account.region, maxAttempts: 1 })

export const rootOf = (server: Server) => new IAMClient({ ...connection(server), credentials: rootCredentials })

/** Creates a user whose policy has these statements, and returns its access key. */
export async function userWith(server: Server, ...Statement: readonly object[]) {
  const root = rootOf(server)
  const UserName = `user-${++count}`
  await root.send(new CreateUserCommand({ UserName }))
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await root.send(new PutUserPolicyCommand({ UserName, PolicyName: 'may', PolicyDocument }))
  const { AccessKey } = await root.send(new CreateAccessKeyCommand({ UserName }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

/** A client of a new user with the permissions of the statement. */
export async function userOf(server: Server, statement: object): Promise<IAMClient> {
  return new IAMClient({
    ...connection(server),
    credentials: await userWith(server, { Effect: 'Allow', ...statement }),
  })
}

/** Creates a role with the path /team/, and returns its name. */
export async function createRole(server: Server, more: object = {}): Promise<string> {
  const RoleName = `role-${++count}`
  await rootOf(server).send(
    new CreateRoleCommand({ RoleName, Path: '/team/', AssumeRolePolicyDocument: trust, ...more }),
  )
  return RoleName
}

/** Whether the call is authorized. Rethrows errors other than the denial. */
export async function allowed(call: Promise<unknown>, denial = 'AccessDenied'): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (error instanceof Error && error.name === denial) return false
    throw error
  }
}
