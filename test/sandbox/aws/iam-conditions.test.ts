import {
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { beforeAll, expect, test } from 'vitest'
import { bothForTests } from './support/both.ts'
import { allowed, arn, connection, createRole, rootOf, type Server, userOf, userWith } from './support/users.ts'

const edge = arn('policy/edge')
const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: statement })

const both = bothForTests()
beforeAll(async () => {
  for (const server of [both.plain, both.patched]) {
    const PolicyDocument = document({ Effect: 'Allow', Action: '*', Resource: '*' })
    await rootOf(server).send(new CreatePolicyCommand({ PolicyName: 'edge', PolicyDocument }))
  }
})

/** A client of a new user who may do everything with IAM when the condition holds. */
function userWhen(server: Server, Condition: object): Promise<IAMClient> {
  return userOf(server, { Action: 'iam:*', Resource: '*', Condition })
}

test('a wildcard matches line breaks, too', async () => {
  const attempt = async (server: Server) => {
    const user = await userOf(server, { Action: 'iam:GetRole', Resource: arn('role/*') })
    return user.send(new GetRoleCommand({ RoleName: 'two\nlines' })).catch(({ name }: Error) => name)
  }
  expect(await attempt(both.plain)).toBe('AccessDenied')
  expect(await attempt(both.patched)).toBe('NoSuchEntityException')
})

test('aws:PrincipalArn of a session is the ARN of its role, including the path', async () => {
  const attempt = async (server: Server) => {
    const RoleName = await createRole(server)
    const PolicyDocument = document({
      Effect: 'Allow',
      Action: 'iam:GetRole',
      Resource: '*',
      Condition: { ArnEquals: { 'aws:PrincipalArn': arn(`role/team/${RoleName}`) } },
    })
    await rootOf(server).send(new PutRolePolicyCommand({ RoleName, PolicyName: 'may', PolicyDocument }))
    const assuming = await userWith(server, { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' })
    const sts = new STSClient({ ...connection(server), credentials: assuming })
    const role = { RoleArn: arn(`role/team/${RoleName}`), RoleSessionName: 'session' }
    const { Credentials } = await sts.send(new AssumeRoleCommand(role))
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    }
    const session = new IAMClient({ ...connection(server), credentials })
    return allowed(session.send(new GetRoleCommand({ RoleName })))
  }
  expect(await attempt(both.plain)).toBe(false)
  expect(await attempt(both.patched)).toBe(true)
})

test.each([
  [
    'an ARN is compared part by part: a pattern with fewer parts matches nothing',
    { ArnLike: { 'aws:PrincipalArn': 'arn:*:user/*' } },
    false,
  ],
  ['Null matches when one of its values does', { Null: { 'aws:ResourceTag/team': ['false', 'true'] } }, true],
])('in a condition, %s', async (_, condition, matches) => {
  const attempt = async (server: Server) => {
    const user = await userWhen(server, condition)
    return allowed(user.send(new GetRoleCommand({ RoleName: await createRole(server) })))
  }
  expect(await attempt(both.plain)).toBe(!matches)
  expect(await attempt(both.patched)).toBe(matches)
})

test('iam:PermissionsBoundary exists in requests that change the policies of a role, but not in those that list them', async () => {
  const RoleName = await createRole(both.patched, { PermissionsBoundary: edge })
  const user = await userWhen(both.patched, { StringEquals: { 'iam:PermissionsBoundary': edge } })
  const putting = new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: document([]) })

  expect(await allowed(user.send(new ListRolePoliciesCommand({ RoleName })))).toBe(false)
  expect(await allowed(user.send(putting).catch(unlessDenied))).toBe(true)
})

test('iam:ResourceTag exists only for roles: a provider has aws:ResourceTag', async () => {
  const Tags = [{ Key: 'team', Value: 'blue' }]
  const Url = 'https://issuer.example/tagged'
  const made = await rootOf(both.patched).send(new CreateOpenIDConnectProviderCommand({ Url, Tags }))
  const getting = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: made.OpenIDConnectProviderArn })
  const isAllowedBy = async (key: string) => {
    const user = await userWhen(both.patched, { StringEquals: { [key]: 'blue' } })
    return allowed(user.send(getting))
  }
  expect(await isAllowedBy('iam:ResourceTag/team')).toBe(false)
  expect(await isAllowedBy('aws:ResourceTag/team')).toBe(true)
})

/** A request that IAM authorizes may still be invalid. */
function unlessDenied(error: unknown): void {
  if (error instanceof Error && error.name === 'AccessDenied') throw error
}
