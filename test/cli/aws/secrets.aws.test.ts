import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { storeSecret } from '../../../cli/aws/secrets.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'

const aws = awsAccount()
const client = new SecretsManagerClient()

afterAll(() => client.destroy())
beforeEach(() => aws.faults.clear())

function keep(name: string, value: string): Promise<string> {
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_REGION: region = '' } = process.env
  const credentials = async () => client.config.credentials()
  return storeSecret({ endpoint, region, credentials }, { id: name, name }, value)
}

const stored = async (SecretId: string) => (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString

/** AWS denies the write of a missing secret if the policy allows only ARNs with a prefix. */
const refuseToWrite = () => aws.faults.add({ kind: 'refuse', operation: 'secretsmanager:PutSecretValue', times: 1 })

it('creates a missing secret, and updates it with the next value', async () => {
  const arn = await keep('workload-identity/prod/new', 'first')
  expect(await keep('workload-identity/prod/new', 'second')).toBe(arn)
  expect(await stored(arn)).toBe('second')
})

it('creates a missing secret, also when AWS denies access to it', async () => {
  await refuseToWrite()
  expect(await stored(await keep('workload-identity/prod/denied', 'first'))).toBe('first')
})

it('the error for an existing secret without access names the secret and the denial', async () => {
  const Name = 'workload-identity/prod/there'
  await client.send(new CreateSecretCommand({ Name, SecretString: 'theirs' }))
  await refuseToWrite()
  await expect(keep(Name, 'ours')).rejects.toThrow(/^AWS refuses the secret \S+\/there \(AccessDenied/)
  expect(await stored(Name)).toBe('theirs')
})
