/** The member role, against the sandbox's AWS with IAM enforced in both accounts. */
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  NoSuchEntityException,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { iamAccesses, memberCallerName, memberRoleName } from '../../../../infra/member/member-names.ts'
import type { MemberRole } from '../../../../lambdas/clouds/aws/member-role.ts'
import { account, memberAccount, otherMemberAccount, rootCredentials } from '../../../../sandbox/account.ts'
import { type Aws, startAws } from '../../../../sandbox/aws/server.ts'
import { deployMemberStack, memberIam } from '../../../support/aws/member-stack.ts'
import { setEnvironment } from '../../../support/environment.ts'
import { python } from '../../../support/python.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'

const deployment = { stackName: 'WorkloadIdentity', account: account.id, region: account.region }
const roleArn = `arn:aws:iam::${memberAccount.id}:role/${memberRoleName(deployment, 'writer')}`
const callerArn = `arn:aws:iam::${account.id}:role/${memberCallerName(deployment, 'writer')}`
const member: MemberRole = {
  callerArn,
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
  const callers = iamAccesses.map((access) => memberCallerName(deployment, access))
  await Promise.all([...callers, 'CreateRole'].map((name) => makeRole(name)))
})
afterAll(async () => {
  await aws?.close()
  await directory?.remove()
})

const asRoot = () => ({ endpoint: aws.endpoint, region: account.region, credentials: rootCredentials })

/** Creates a role in the deployment's account, which may assume roles unless `mayAssume` is false, and returns its ARN. */
async function makeRole(RoleName: string, mayAssume = true): Promise<string> {
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
  return `arn:aws:iam::${account.id}:role/${RoleName}`
}

function documentOf(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

/** Uses the client of another account as a function with this role does after its start, with fresh modules. */
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

it('a function uses one session of the member role, and only its own actions', async () => {
  await aws.calls.clear()
  await as('CreateRole', async (iamOf) => {
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
  const writer = memberRoleName(deployment, 'writer')
  const actor = `arn:aws:sts::${memberAccount.id}:assumed-role/${writer}/workload-identity-CreateRole`
  const assumed = calls.filter(({ operation }) => operation === 'sts:AssumeRole').map(({ object }) => object)
  expect(assumed.filter((object) => object === callerArn)).toHaveLength(1)
  expect(assumed.filter((object) => object === roleArn)).toHaveLength(1)
  expect(calls.filter((call) => call.actor === actor)).toHaveLength(4)
})

it('the deployment’s reader may not assume the member role for writes, and reads with its own', async () => {
  const there = memberIam(aws, memberAccount.id)
  const RoleName = 'of-a-workload'
  const nobody = documentOf({ Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' })
  await there.send(
    new CreateRoleCommand({ RoleName, Path: '/workload-identity/prod/', AssumeRolePolicyDocument: nobody }),
  )
  const reading = { ...member, callerArn: callerArn.replace('writer', 'reader') }
  await as('CreateRole', async (iamOf) => {
    await expect(iamOf(reading).send(getRole())).rejects.toMatchObject(refusal)
    const actions = ['iam:DeleteRole', 'iam:ListAttachedRolePolicies']
    const reader = iamOf({ ...reading, roleArn: roleArn.replace('writer', 'reader'), actions })
    await expect(reader.send(new ListAttachedRolePoliciesCommand({ RoleName }))).resolves.toMatchObject({})
    const deleting = reader.send(new DeleteRoleCommand({ RoleName }))
    await expect(deleting).rejects.toMatchObject({ name: expect.stringContaining('AccessDenied') })
  })
  there.destroy()
})

it('a function that may not assume the role that the member role trusts is refused', async () => {
  await makeRole('Powerless', false)
  await as('Powerless', async (iamOf) => {
    await expect(iamOf(member).send(getRole())).rejects.toMatchObject({
      name: 'AccountRefused',
      object: callerArn,
      action: expect.stringContaining('Deploy again'),
    })
  })
})

it('another external ID, and an account without member stack, are refused with the same message', async () => {
  await as('CreateRole', async (iamOf) => {
    const other = iamOf({ ...member, externalId: 'of-another-deployment' })
    const error: unknown = await other.send(getRole()).catch((error: unknown) => error)
    expect(error).toMatchObject(refusal)
    expect(String(error)).not.toContain('of-another-deployment')
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
