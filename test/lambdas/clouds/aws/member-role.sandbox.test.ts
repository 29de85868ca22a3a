/** The member role, against the sandbox's AWS with IAM enforced in both accounts. */
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  IAMClient,
  NoSuchEntityException,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { memberCallerName, memberName } from '../../../../infra/member-names.ts'
import type { MemberRole } from '../../../../lambdas/clouds/aws/member-role.ts'
import { account, memberAccount, otherMemberAccount, rootCredentials } from '../../../../sandbox/account.ts'
import { type Aws, startAws } from '../../../../sandbox/aws/server.ts'
import { setEnvironment } from '../../../support/environment.ts'
import { deployMemberStack } from '../../../support/member-stack.ts'
import { python } from '../../../support/python.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'

const place = { stackName: 'WorkloadIdentity', account: account.id, region: account.region }
const roleArn = `arn:aws:iam::${memberAccount.id}:role/${memberName(place)}`
const member: MemberRole = {
  roleArn,
  externalId: memberAccount.externalId,
  sessionName: 'workload-identity-CreateRole',
  actions: ['iam:GetRole'],
}

let aws: Aws
let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  directory = await temporaryDirectory()
  aws = await startAws({ python, directory: directory.path, environment: {}, auth: true })
  await deployMemberStack(aws, memberAccount)
})
afterAll(async () => {
  await aws?.close()
  await directory?.remove()
})

const asRoot = () => ({ endpoint: aws.endpoint, region: account.region, credentials: rootCredentials })

/** A role of the deployment's account of this name, which may assume the member role unless it is told otherwise. */
async function makeRole(RoleName: string, mayAssume = true): Promise<void> {
  const iam = new IAMClient(asRoot())
  const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account.id}:root` }, Action: 'sts:AssumeRole' }
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: documentOf(trust) }))
  const right = {
    Effect: 'Allow',
    Action: mayAssume ? 'sts:AssumeRole' : 'sts:DecodeAuthorizationMessage',
    Resource: '*',
  }
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'rights', PolicyDocument: documentOf(right) }))
  iam.destroy()
}

function documentOf(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

/** Uses the client of another account as a function with this role does: with fresh modules, as after its start. */
async function as<Result>(
  role: string,
  use: (iamOf: (of: MemberRole) => IAMClient) => Promise<Result>,
): Promise<Result> {
  const sts = new STSClient(asRoot())
  const command = new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account.id}:role/${role}`, RoleSessionName: role })
  const { Credentials: session } = await sts.send(command)
  sts.destroy()
  const restore = setEnvironment({
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: account.region,
    AWS_ACCESS_KEY_ID: session?.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: session?.SecretAccessKey ?? '',
    AWS_SESSION_TOKEN: session?.SessionToken ?? '',
  })
  vi.resetModules()
  const { iamOf } = await import('../../../../lambdas/clouds/aws/clients/iam.ts')
  try {
    return await use(iamOf)
  } finally {
    restore()
    delete process.env.AWS_SESSION_TOKEN
  }
}

const getRole = () => new GetRoleCommand({ RoleName: 'nobody' })
const refusal = {
  name: 'AccountRefused',
  object: roleArn,
  reason: expect.stringMatching(/member stack is not deployed there.*external ID.*closed/),
  action: expect.stringContaining(`Deploy the member stack in ${memberAccount.id}`),
}

it('a function acts in the account by one session, with its own actions alone', async () => {
  const createRole = memberCallerName(place, 'CreateRole')
  await makeRole(createRole)
  await aws.calls.clear()
  await as(createRole, async (iamOf) => {
    const iam = iamOf(member)
    await Promise.all(
      [getRole(), getRole()].map((each) => expect(iam.send(each)).rejects.toThrow(NoSuchEntityException)),
    )
    await expect(iamOf(member).send(getRole())).rejects.toThrow(NoSuchEntityException)
    // The member role may do it, for DeleteRole.
    const deleting = new DeleteRoleCommand({ RoleName: 'nobody' })
    await expect(iam.send(deleting)).rejects.toMatchObject({ name: expect.stringContaining('AccessDenied') })
  })
  const calls = await aws.calls.all()
  const actor = `arn:aws:sts::${memberAccount.id}:assumed-role/${memberName(place)}/workload-identity-CreateRole`
  expect(calls.filter(({ operation, object }) => operation === 'sts:AssumeRole' && object === roleArn)).toHaveLength(1)
  expect(calls.filter((call) => call.actor === actor)).toHaveLength(4)
})

it('another role of the deployment is refused, though it may call STS and knows the external ID', async () => {
  await makeRole(memberCallerName(place, 'PublishDiscovery'))
  await as(memberCallerName(place, 'PublishDiscovery'), async (iamOf) => {
    await expect(iamOf(member).send(getRole())).rejects.toMatchObject(refusal)
  })
})

it('a function without the right to assume the member role is refused', async () => {
  await makeRole(memberCallerName(place, 'Verify'), false)
  await as(memberCallerName(place, 'Verify'), async (iamOf) => {
    await expect(iamOf(member).send(getRole())).rejects.toMatchObject(refusal)
  })
})

it('another external ID, and an account without member stack, are refused in the same words', async () => {
  const deleteRole = memberCallerName(place, 'DeleteRole')
  await makeRole(deleteRole)
  await as(deleteRole, async (iamOf) => {
    const other = iamOf({ ...member, externalId: 'of-somebody-else' })
    const error: unknown = await other.send(getRole()).catch((error: unknown) => error)
    expect(error).toMatchObject(refusal)
    expect(String(error)).not.toContain('of-somebody-else')
    const bare = roleArn.replace(memberAccount.id, otherMemberAccount.id)
    await expect(iamOf({ ...member, roleArn: bare }).send(getRole())).rejects.toMatchObject({
      name: 'AccountRefused',
      object: bare,
      action: expect.stringContaining(otherMemberAccount.id),
    })
    const without = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'none' })
    await expect(new STSClient().send(without)).rejects.toMatchObject({ name: expect.stringContaining('AccessDenied') })
  })
})
