/** What RegisterOidc writes into IAM, against openssl: issuer and keys on one host and on two, with chains of their own. */
import { GetOpenIDConnectProviderCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issuerResource } from '../../lambdas/claims/claim.ts'
import { description } from '../../lambdas/provider/register-oidc.step.ts'
import { run } from '../../lambdas/provider/register-oidc.ts'
import { type AwsAccount, startAwsAccount } from '../support/aws-account.ts'
import { own } from '../support/claims.ts'
import { recordCluster } from '../support/operations.ts'
import { stepContext } from '../support/step-context.ts'
import { authority, server } from './support/certificates.ts'
import { type Presenting, startPresenting } from './support/presenting.ts'

const root = await authority({ name: 'Root' })
const rsaRoot = await authority({ name: 'RSA Root', algorithm: 'rsa' })
const intermediate = await authority({ name: 'Intermediate', by: root })
const rsaIntermediate = await authority({ name: 'RSA Intermediate', by: rsaRoot, algorithm: 'rsa' })

let internet: Presenting
let aws: AwsAccount

beforeAll(async () => {
  internet = await startPresenting([root, rsaRoot])
  aws = await startAwsAccount()
  await internet.serve('issuer.example', [await server({ name: 'issuer.example', by: intermediate }), intermediate])
  await internet.serve('keys.example', [
    await server({ name: 'keys.example', by: rsaIntermediate, algorithm: 'rsa' }),
    rsaIntermediate,
    rsaRoot,
  ])
  await internet.serve('same.example', [await server({ name: 'same.example', by: intermediate }), intermediate])
})
afterAll(async () => {
  await aws.end()
  await internet.end()
})

async function registered(issuerUrl: string, jwksUri: string): Promise<readonly string[] | undefined> {
  const facts = { issuerUrl, jwksUri }
  await recordCluster('prod')
  await own('prod', issuerResource(issuerUrl))
  const context = stepContext('prod', undefined, false, { cluster: facts })
  const result = await run(description.input.parse({ clusterName: 'prod', adopt: false }), context)
  if ('waiting' in result) throw new Error('RegisterOidc never waits')
  const provider = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: result.output.providerArn })
  return (await aws.iam.send(provider)).ThumbprintList
}

async function byOpenssl(...names: string[]): Promise<string[]> {
  return Promise.all(names.map(async (name) => (await internet.show(name)).thumbprint))
}

test('a provider has the thumbprint of the host that serves issuer and keys', async () => {
  expect(await registered('https://issuer.example/one', 'https://issuer.example/one/jwks')).toEqual(
    await byOpenssl('issuer.example'),
  )
})

// "you must include thumbprints for both endpoints":
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
test('a provider whose keys are on another host has the thumbprints of both hosts, the keys first', async () => {
  expect(await registered('https://issuer.example/two', 'https://keys.example/two/jwks')).toEqual(
    await byOpenssl('keys.example', 'issuer.example'),
  )
})

test('two hosts below one authority have one thumbprint', async () => {
  const observed = await registered('https://issuer.example/three', 'https://same.example/three/jwks')
  expect(observed).toEqual(await byOpenssl('same.example'))
  expect(observed).toEqual(await byOpenssl('issuer.example'))
})
