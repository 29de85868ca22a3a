import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contextFrom } from '../../../cli/context.ts'
import { checkSecrets } from '../../../cli/doctor/check-secrets.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'
import { localServer } from '../../support/network/local-server.ts'

awsAccount()
const client = new SecretsManagerClient()
let api: Awaited<ReturnType<typeof localServer>>

beforeAll(async () => {
  api = await localServer(() => (_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ secretPrefix: 'workload-identity' }))
  })
})
afterAll(async () => {
  client.destroy()
  await api.close()
})

function checked(name: string, cluster: object) {
  const context = contextFrom({ api: api.url, region: 'eu-west-1', output: 'text' })
  return checkSecrets(context, { name, connection: 'agent', spec: { cluster: { name, ...cluster } } })
}

test('a cluster with an agent needs no secret, and one that remains is a problem', async () => {
  const cluster = { provider: 'existing', connection: 'agent' }
  expect(await checked('edge-1', cluster)).toEqual([])
  await client.send(new CreateSecretCommand({ Name: 'workload-identity/edge-1/user-cluster', SecretString: 'a token' }))
  expect(await checked('edge-1', cluster)).toMatchObject([
    { state: 'problem', found: expect.stringContaining('workload-identity/edge-1/user-cluster still has a value') },
  ])
})

test('the secret of the management cluster is checked also if an agent connects the user cluster', async () => {
  const credentialsSecretArn = 'workload-identity/edge-2/management'
  const cluster = { provider: 'gke-on-aws', connection: 'agent', management: { credentialsSecretArn } }
  expect(await checked('edge-2', cluster)).toMatchObject([
    { state: 'problem', toDo: expect.stringContaining('"wid connect edge-2 --management"') },
  ])
})
