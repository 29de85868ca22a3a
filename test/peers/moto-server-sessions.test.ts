/** Sessions of moto's STS, which checks no token: the product's requests and its parsing of the responses follow AWS's API. */
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assumedRoleArn } from '../../lambdas/clouds/aws/iam-names.ts'
import { callerArn, exchangeToken } from '../../lambdas/clouds/aws/web-identity.ts'
import { account } from '../../sandbox/account.ts'
import { rootUserEnvironment } from '../../sandbox/aws/server.ts'
import { setEnvironment } from '../support/environment.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { type MotoServer, startMotoServer } from './moto-server.ts'

const roleArn = `arn:aws:iam::${account.id}:role/workload-identity/reader`
const provider = `arn:aws:iam::${account.id}:oidc-provider/issuer.example`
const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithWebIdentity' }],
}

let moto: MotoServer
let close: () => Promise<void>

beforeAll(async () => {
  const directory = await temporaryDirectory()
  moto = await startMotoServer(directory.path)
  const restore = setEnvironment(rootUserEnvironment(moto.endpoint, account.region))
  const iam = new IAMClient()
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'reader',
      Path: '/workload-identity/',
      AssumeRolePolicyDocument: JSON.stringify(trust),
    }),
  )
  iam.destroy()
  close = async () => {
    restore()
    await moto.close()
    await directory.remove()
  }
})
afterAll(() => close())

test('exchanges a token for a session of 15 minutes, whose caller is the role without its path', async () => {
  const token = new UnsecuredJWT({ sub: 'system:serviceaccount:default:reader' })
    .setIssuer('https://issuer.example')
    .setAudience('sts.amazonaws.com')
    .encode()
  const signal = AbortSignal.timeout(20_000)
  const answer = await exchangeToken(roleArn, token, signal)
  if (!('session' in answer)) throw new Error('refused')
  const seconds = (Date.parse(answer.session.facts.expiresAt) - Date.now()) / 1000
  expect(seconds).toBeGreaterThan(890)
  expect(seconds).toBeLessThanOrEqual(901)
  expect(await callerArn(roleArn, answer.session, signal)).toBe(
    assumedRoleArn(roleArn, 'workload-identity-verification'),
  )
  const calls = (await moto.calls.all()).map((call) => call.operation)
  expect(calls.slice(-2)).toEqual(['sts:AssumeRoleWithWebIdentity', 'sts:GetCallerIdentity'])
})
