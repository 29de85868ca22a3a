import { GetRoleCommand } from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memberAccount } from '../../../../sandbox/account.ts'
import { scriptedAws } from '../../../support/aws/scripted-aws.ts'

const aws = scriptedAws()
const roleArn = `arn:aws:iam::${memberAccount.id}:role/WorkloadIdentity-000000000000-eu-west-1-reader`
const member = {
  callerArn: 'arn:aws:iam::000000000000:role/WorkloadIdentity-eu-west-1-reader',
  roleArn,
  externalId: 'of-this-deployment',
  sessionName: 'workload-identity-Verify',
  actions: ['iam:GetRole'],
}

/** The response with a session. */
const keys = '<AccessKeyId>a</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>'
const sessionUntil = (expiration: string) => {
  const credentials = `<Credentials>${keys}<Expiration>${expiration}</Expiration></Credentials>`
  return { body: `<AssumeRoleResponse><AssumeRoleResult>${credentials}</AssumeRoleResult></AssumeRoleResponse>` }
}
const session = sessionUntil('2126-11-27T12:00:00Z')

// The module caches the session of the role that the member role trusts.
beforeEach(() => void vi.resetModules())

// AWS does not document the error of STS for a role in a closed account.
it.each([
  ['AccessDenied', 403, 'AccountRefused'],
  ['InvalidClientTokenId', 403, 'AccountRefused'],
  ['UnrecognizedClientException', 400, 'AccountRefused'],
  ['ValidationError', 400, 'InvalidObject'],
])(
  'each possible error of STS for a closed account is permanent, and names the role: %s',
  async (code, status, name) => {
    const { assumeMemberRole } = await import('../../../../lambdas/clouds/aws/member-role.ts')
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>it is closed</Message></Error>`
    const xmlns = 'https://sts.amazonaws.com/doc/2011-06-15/'
    aws.answer(session, { status, body: `<ErrorResponse xmlns="${xmlns}">${error}</ErrorResponse>` })
    const refused = assumeMemberRole(member)
    await expect(refused).rejects.toMatchObject({ name, object: roleArn, transient: false })
    await expect(refused).rejects.not.toThrow(/of-this-deployment/)
  },
)

// The caller role is in the account of the deployment, and the member role in the other account.
it.each([
  [[], member.callerArn],
  [[session], roleArn],
])('without STS in the region, the account that has to activate it is named', async (before, object) => {
  const { assumeMemberRole } = await import('../../../../lambdas/clouds/aws/member-role.ts')
  const error = '<Error><Type>Sender</Type><Code>RegionDisabledException</Code><Message>no</Message></Error>'
  aws.answer(...before, { status: 403, body: `<ErrorResponse>${error}</ErrorResponse>` })
  await expect(assumeMemberRole(member)).rejects.toMatchObject({
    name: 'AccountRefused',
    object,
    reason: expect.stringMatching(/^STS is not active in the region/),
    action: expect.stringContaining(`Activate it in the account ${object.split(':')[4]}`),
  })
})

it('a session is requested with the external ID, for the shortest time, and only for the actions of the step', async () => {
  const { assumeMemberRole } = await import('../../../../lambdas/clouds/aws/member-role.ts')
  aws.answer(session, session)
  await assumeMemberRole(member)
  const { Policy = '', ...parameters } = Object.fromEntries(new URLSearchParams(aws.requests[1]?.body))
  expect(JSON.parse(Policy)).toEqual({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['iam:GetRole'], Resource: '*' }],
  })
  expect(parameters).toMatchObject({ RoleArn: roleArn, ExternalId: 'of-this-deployment', DurationSeconds: '900' })
})

describe('a warm function', () => {
  const short = sessionUntil('2026-11-27T12:15:00Z')
  const requestedRoles = () => aws.requests.map(({ body }) => new URLSearchParams(body).get('RoleArn'))

  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-27T12:00:00Z') }))
  afterEach(() => void vi.useRealTimers())

  it('requests a new session of the caller role when the old one has ended', async () => {
    const { assumeMemberRole } = await import('../../../../lambdas/clouds/aws/member-role.ts')
    aws.answer(short, session, session, session)
    await assumeMemberRole(member)
    vi.setSystemTime('2026-11-27T12:16:00Z')
    await assumeMemberRole(member)
    expect(requestedRoles()).toEqual([member.callerArn, roleArn, member.callerArn, roleArn])
  })

  it('requests a new session of the member role when the old one has ended', async () => {
    const { iamOf } = await import('../../../../lambdas/clouds/aws/clients/iam.ts')
    const role = { body: '<GetRoleResponse><GetRoleResult/></GetRoleResponse>' }
    aws.answer(session, short, role, session, role)
    const read = () => iamOf(member).send(new GetRoleCommand({ RoleName: 'of-a-workload' }))
    await read()
    vi.setSystemTime('2026-11-27T12:16:00Z')
    await read()
    expect(requestedRoles()).toEqual([member.callerArn, roleArn, null, roleArn, null])
  })
})
