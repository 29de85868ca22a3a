import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { account, rootCredentials } from '../../sandbox/account.ts'
import { describe } from '../../sandbox/description.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'

const url = 'http://127.0.0.1:1'

test('the description of AWS contains what a client needs, and no internal fields that the SDK adds to the credentials', async () => {
  const client = new STSClient({ endpoint: url, region: account.region, credentials: rootCredentials, maxAttempts: 1 })
  await expect(client.send(new GetCallerIdentityCommand())).rejects.toThrow()
  const parts = {
    gateway: { url },
    aws: { endpoint: url },
    proxy: { url },
    bastion: { url },
    authority: { caFile: 'ca.pem' },
    deployment: { outputs: {} },
  } as Sandbox
  expect(describe(parts).aws).toEqual({
    endpoint: url,
    region: account.region,
    accountId: account.id,
    accessKeyId: expect.stringMatching(/^AKIA/),
    secretAccessKey: expect.stringMatching(/^[0-9a-f]{60}$/),
  })
})
