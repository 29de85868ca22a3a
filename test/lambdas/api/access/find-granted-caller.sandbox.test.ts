/** What the deployment finds out of whom its grants name, against the sandbox's IAM. */
import { createServer } from 'node:http'
import { CreateRoleCommand, CreateUserCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { handler } from '../../../../lambdas/api/access/find-granted-caller.ts'
import { listenOnFreePort } from '../../../../sandbox/network/listen.ts'
import { lambdaContext } from '../../../support/api/lambda-context.ts'
import { awsAccount } from '../../../support/aws/aws-account.ts'

const account = awsAccount()
const answers: unknown[] = []
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  answers.push(JSON.parse(Buffer.concat(chunks).toString()))
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

test('a role of any path and a user give their unique IDs', async () => {
  const { role } = ids
  expect(await answerTo('Create', { Caller: 'role/Platform' })).toMatchObject({
    PhysicalResourceId: role,
    Data: { Id: role },
  })
  expect(await answerTo('Create', { Caller: 'user/ada' })).toMatchObject({ Status: 'SUCCESS', Data: { Id: ids.user } })
  expect(ids.role).toMatch(/^AROA/)
})

test('a role or user that is not there fails the deployment, and the reason says what to do', async () => {
  for (const [kind, name] of [
    ['role', 'WorkloadIdentityAdministrator'],
    ['user', 'Platform'],
  ]) {
    expect(await answerTo('Create', { Caller: `${kind}/${name}` })).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(new RegExp(`no ${kind} ${name} in this account.*Make the ${kind}`)),
    })
  }
})

test('the ID that the settings say has to be that of the role', async () => {
  expect(await answerTo('Update', { Caller: 'role/Platform', Id: ids.role })).toMatchObject({ Data: { Id: ids.role } })
  expect(await answerTo('Update', { Caller: 'role/Platform', Id: 'AROAANOTHERONE00' })).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining(`has the unique ID ${ids.role}, and the setting access says AROAANOTHERONE00`),
  })
})

test('the ID that was found before stays when the settings say none, also after a deployment that failed', async () => {
  await account.calls.clear()
  expect(await answerTo('Update', { Caller: 'role/Platform' })).toMatchObject({
    PhysicalResourceId: 'AROAFOUNDBEFORE0',
    Data: { Id: 'AROAFOUNDBEFORE0' },
  })
  expect(await account.calls.all()).toEqual([])
})

test('a grant that goes is answered without a look', async () => {
  await account.calls.clear()
  expect(await answerTo('Delete', { Caller: 'role/Gone' })).toMatchObject({ Status: 'SUCCESS' })
  expect(await account.calls.all()).toEqual([])
})

test('a refusal of IAM fails the deployment, and the reason names the right', async () => {
  await account.faults.add({ kind: 'refuse', operation: 'iam:GetRole', times: 9 })
  expect(await answerTo('Create', { Caller: 'role/Platform' })).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringMatching(/could not be read.*iam:GetRole/),
  })
})
