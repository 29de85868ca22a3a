import { CreateOpenIDConnectProviderCommand, CreateRoleCommand } from '@aws-sdk/client-iam'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { iamOf } from '../../../../lambdas/clouds/aws/clients/iam.ts'
import { readProvider } from '../../../../lambdas/clouds/aws/oidc-providers.ts'
import { readRole } from '../../../../lambdas/clouds/aws/roles.ts'
import { callerArn } from '../../../../lambdas/clouds/aws/web-identity.ts'
import { account, rootCredentials } from '../../../../sandbox/account.ts'
import type { FaultKind } from '../../../../sandbox/faults.ts'
import { awsAccount } from '../../../support/aws/aws-account.ts'

const aws = awsAccount()
const signal = AbortSignal.timeout(60_000)
const provider = `arn:aws:iam::${account.id}:oidc-provider/issuer.example.com`
const role = `arn:aws:iam::${account.id}:role/there`

beforeAll(async () => {
  await aws.iam.send(new CreateOpenIDConnectProviderCommand({ Url: 'https://issuer.example.com', ThumbprintList: [] }))
  const Statement = [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }]
  const document = JSON.stringify({ Version: '2012-10-17', Statement })
  await aws.iam.send(new CreateRoleCommand({ RoleName: 'there', AssumeRolePolicyDocument: document }))
})
afterEach(() => aws.faults.clear())

const session = {
  facts: { subject: '', audience: '', provider, expiresAt: '' },
  credentials: { ...rootCredentials, sessionToken: '' },
}
const calls = [
  { action: 'iam:GetRole', call: () => readRole({ name: 'there', arn: role, iam: iamOf(undefined), signal }) },
  {
    action: 'iam:GetOpenIDConnectProvider',
    call: () => readProvider({ arn: provider, iam: iamOf(undefined), signal }),
  },
  { action: 'sts:GetCallerIdentity', call: () => callerArn(role, session, signal) },
]

describe.each(calls)('a response to $action', ({ action, call }) => {
  const times = 100

  test('is accepted when AWS sends it', async () => {
    expect(await call()).toBeTruthy()
  })

  test('is a failure when it is a foreign page: no object counts as absent', async () => {
    await aws.faults.add({ kind: 'garble', operation: action, times })
    await expect(call()).rejects.toMatchObject({
      name: 'CloudUnavailable',
      reason: `the answer to ${action} was truncated or corrupted on its way from AWS (status 200)`,
    })
  })

  const others: readonly (readonly [FaultKind, string, RegExp])[] = [
    ['cut', 'CloudUnavailable', /was truncated or corrupted on its way from AWS \(status 200\)$/],
    ['drop-request', 'Unreachable', /^no answer from AWS to \w+:\w+ \(ECONNRESET\)$/],
    ['drop-response', 'Unreachable', /^no answer from AWS to \w+:\w+ \(ECONNRESET\)$/],
    ['throttle', 'CloudUnavailable', /^AWS could not serve \w+:\w+ just now \(ThrottlingException\)$/],
    ['break', 'CloudUnavailable', /^AWS could not serve \w+:\w+ just now \(InternalFailure\)$/],
    ['unavailable', 'CloudUnavailable', /^AWS could not serve \w+:\w+ just now \(ServiceUnavailable\)$/],
  ]
  test.each(others)('that fails each time (%s) is %s, and after one failure the call is retried', async (...one) => {
    const [kind, name, reason] = one
    await aws.faults.add({ kind, operation: action, times })
    await expect(call()).rejects.toMatchObject({ name, reason: expect.stringMatching(reason) })
    await aws.faults.clear()
    await aws.faults.add({ kind, operation: action, times: 1 })
    expect(await call()).toBeTruthy()
  })
})
