import { expect, test } from 'vitest'
import { exchangeToken } from '../../../../lambdas/clouds/aws/web-identity.ts'
import { scriptedAws } from '../../../support/aws/scripted-aws.ts'

const aws = scriptedAws()

const roleArn = 'arn:aws:iam::123456789012:role/workload-identity/prod/reader'
const exchanged =
  '<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult/></AssumeRoleWithWebIdentityResponse>'

test('the session of a proof may do nothing, has the shortest lifetime, and is requested without a signature', async () => {
  aws.answer({ body: exchanged })
  await exchangeToken(roleArn, 'header.payload.signature', AbortSignal.timeout(20_000))
  const [request] = aws.requests
  expect(request?.isSigned).toBe(false)
  const { Policy = '', ...parameters } = Object.fromEntries(new URLSearchParams(request?.body))
  expect(JSON.parse(Policy)).toEqual({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
  })
  expect(parameters).toMatchObject({
    Action: 'AssumeRoleWithWebIdentity',
    RoleArn: roleArn,
    RoleSessionName: 'workload-identity-verification',
    WebIdentityToken: 'header.payload.signature',
    DurationSeconds: '900',
  })
})

test.each([
  'AccessDenied',
  'ExpiredTokenException',
  'IDPCommunicationError',
  'IDPRejectedClaim',
  'InvalidIdentityToken',
])('the answer %s is a refusal of the token, which the proof explains or tries again', async (code) => {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`
  // The SDK itself sends some of them three times.
  aws.answer(...Array(3).fill({ status: 400, body }))
  expect(await exchangeToken(roleArn, 'header.payload.signature', AbortSignal.timeout(20_000))).toEqual({
    refusal: { code: code.replace('Exception', ''), message: 'no' },
  })
})

test('without STS in the region of the account, nothing is said about the token', async () => {
  const error = '<Error><Type>Sender</Type><Code>RegionDisabledException</Code><Message>no</Message></Error>'
  aws.answer({ status: 403, body: `<ErrorResponse>${error}</ErrorResponse>` })
  const exchange = exchangeToken(roleArn, 'header.payload.signature', AbortSignal.timeout(20_000))
  await expect(exchange).rejects.toMatchObject({ name: 'AccountRefused', object: roleArn })
})
