/** The custom resource that finds the unique IDs of the callers in grants, against the sandbox's IAM. */
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { CreateRoleCommand, CreateUserCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { handler } from '../../../../lambdas/api/access/find-granted-caller.ts'
import { listenOnFreePort } from '../../../../sandbox/network/listen.ts'
import { lambdaContext } from '../../../support/api/lambda-context.ts'
import { awsAccount } from '../../../support/aws/aws-account.ts'

const account = awsAccount()
const answers: unknown[] = []
const server = createServer(async (request, response) => {
  answers.push(await json(request))
  response.end()
})
let ResponseURL: string
let ids: { readonly role: string | undefined; readonly user: string | undefined }

beforeAll(async () => {
  ResponseURL = `http://127.0.0.1:${await listenOnFreePort(server)}/`
  const nobody = { Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [nobody] })
  const role = { RoleName: 'Platform', Path: '/people/', AssumeRolePolicyDocument }
  const { Role } = await account.iam.send(new CreateRoleCommand(role))
  const { User } = await account.iam.send(new CreateUserCommand({ UserName: 'ada' }))
  ids = { role: Role?.RoleId, user: User?.UserId }
})
afterAll(() => void server.close())
beforeEach(async () => {
  answers.length = 0
  await account.faults.clear()
})

async function answerTo(RequestType: string, properties: object): Promise<unknown> {
  const known = RequestType === 'Create' ? {} : { PhysicalResourceId: 'AROAFOUNDBEFORE0' }
  const request = { StackId: 's', RequestId: 'r', LogicalResourceId: 'l', ResponseURL, ...known }
  await handler(
    { ...request, RequestType, ResourceProperties: { ServiceToken: 'arn', ...properties } },
    lambdaContext(),
  )
  return answers.at(-1)
}

test('the unique ID is that of the user, or of the role in any path', async () => {
  const { role } = ids
  expect(await answerTo('Create', { Caller: 'role/Platform' })).toMatchObject({
    PhysicalResourceId: role,
    Data: { Id: role },
  })
  expect(await answerTo('Create', { Caller: 'user/ada' })).toMatchObject({ Status: 'SUCCESS', Data: { Id: ids.user } })
  expect(ids.role).toMatch(/^AROA/)
})

test('a role or user that does not exist fails the deployment, and the reason says what to do', async () => {
  for (const [kind, name] of [
    ['role', 'WorkloadIdentityAdministrator'],
    ['user', 'Platform'],
  ]) {
    expect(await answerTo('Create', { Caller: `${kind}/${name}` })).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(new RegExp(`no ${kind} ${name} in this account.*Create the ${kind}`)),
    })
  }
})

test('an ID in the settings must be that of the role', async () => {
  expect(await answerTo('Update', { Caller: 'role/Platform', Id: ids.role })).toMatchObject({ Data: { Id: ids.role } })
  expect(await answerTo('Update', { Caller: 'role/Platform', Id: 'AROAANOTHERONE00' })).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining(
      `has the unique ID ${ids.role}, but the setting access has the ID AROAANOTHERONE00`,
    ),
  })
})

test('the ID that was found before stays when the settings have none, also after a failed deployment', async () => {
  await account.calls.clear()
  expect(await answerTo('Update', { Caller: 'role/Platform' })).toMatchObject({
    PhysicalResourceId: 'AROAFOUNDBEFORE0',
    Data: { Id: 'AROAFOUNDBEFORE0' },
  })
  expect(await account.calls.all()).toEqual([])
})

test('the deletion of a grant succeeds without a call of IAM', async () => {
  await account.calls.clear()
  expect(await answerTo('Delete', { Caller: 'role/Gone' })).toMatchObject({ Status: 'SUCCESS' })
  expect(await account.calls.all()).toEqual([])
})

test('a refusal of IAM fails the deployment, and the reason names the missing permission', async () => {
  await account.faults.add({ kind: 'refuse', operation: 'iam:GetRole', times: 9 })
  expect(await answerTo('Create', { Caller: 'role/Platform' })).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringMatching(/could not be read.*iam:GetRole/),
  })
})
