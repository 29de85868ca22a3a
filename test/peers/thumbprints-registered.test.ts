/** Compares the thumbprints that RegisterOidc writes with those of openssl, for an issuer and keys on two hosts. */
import { GetOpenIDConnectProviderCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issuerResource } from '../../lambdas/claims/claim.ts'
import { description } from '../../lambdas/provider/register-oidc.step.ts'
import { run } from '../../lambdas/provider/register-oidc.ts'
import { recordCluster } from '../support/api/operations.ts'
import { type AwsAccount, startAwsAccount } from '../support/aws/aws-account.ts'
import { own } from '../support/steps/claims.ts'
import { stepContext } from '../support/steps/step-context.ts'
import { authority, server } from './support/certificates.ts'
import { startTlsServers, type TlsServers } from './support/tls-servers.ts'

const root = await authority({ name: 'Root' })
const intermediate = await authority({ name: 'Intermediate', by: root })

let internet: TlsServers
let aws: AwsAccount

beforeAll(async () => {
  internet = await startTlsServers([root])
  aws = await startAwsAccount()
  await internet.serve('issuer.example', [await server({ name: 'issuer.example', by: intermediate }), intermediate])
  await internet.serve('same.example', [await server({ name: 'same.example', by: intermediate }), intermediate])
})
afterAll(async () => {
  await aws.end()
  await internet.end()
})

test('registers the one thumbprint of openssl for two hosts of the same authority', async () => {
  const facts = { issuerUrl: 'https://issuer.example/one', jwksUri: 'https://same.example/one/jwks' }
  await recordCluster('prod')
  await own('prod', issuerResource(facts.issuerUrl))
  const context = stepContext('prod', undefined, false, { cluster: facts })
  const result = await run(description.input.parse({ clusterName: 'prod', adopt: false }), context)
  if ('waiting' in result) throw new Error('RegisterOidc never waits')
  const provider = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: result.output.providerArn })
  const { ThumbprintList } = await aws.iam.send(provider)
  for (const host of ['issuer.example', 'same.example']) {
    expect(ThumbprintList).toEqual([(await internet.show(host)).thumbprint])
  }
})
