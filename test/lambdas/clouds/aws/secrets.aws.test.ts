import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { secretsManager } from '../../../../lambdas/clouds/aws/clients/secrets-manager.ts'
import { readAhead, readSecret, readSecretIfThere, replaceSecret } from '../../../../lambdas/clouds/aws/secrets.ts'
import { awsAccount } from '../../../support/aws/aws-account.ts'

const aws = awsAccount()
const client = new SecretsManagerClient()

afterAll(() => client.destroy())
beforeEach(() => aws.faults.clear())

async function create(name: string, value: { SecretString?: string; SecretBinary?: Uint8Array }): Promise<string> {
  const { ARN = '' } = await client.send(new CreateSecretCommand({ Name: `workload-identity/${name}`, ...value }))
  return ARN
}

/** The number of reads since the log of calls was cleared. */
async function reads(): Promise<number> {
  const calls = await aws.calls.all()
  return calls.filter(({ operation }) => operation === 'secretsmanager:GetSecretValue').length
}

describe('a secret', () => {
  it('is read by its ARN and by its name', async () => {
    const arn = await create('text', { SecretString: 'value' })

    expect(await readSecret(arn)).toBe('value')
    expect(await readSecretIfThere('workload-identity/text')).toBe('value')
  })

  it('may have been uploaded as a file', async () => {
    const arn = await create('file', { SecretBinary: Buffer.from('wert: ü') })
    expect(await readSecret(arn)).toBe('wert: ü')
  })

  it('is replaced only while it has the value that was read, so that a newer one of another writer stays', async () => {
    const arn = await create('replaced', { SecretString: 'of another writer' })
    const { signal } = new AbortController()

    await expect(replaceSecret(arn, { from: 'first', to: 'second' }, signal)).rejects.toMatchObject({
      name: 'ConcurrentChange',
      object: arn,
    })
    expect(await readSecret(arn)).toBe('of another writer')
    await replaceSecret(arn, { from: 'of another writer', to: 'second' }, signal)
    expect(await readSecret(arn)).toBe('second')
  })

  it('that is read ahead is read once, and again for a second read', async () => {
    const arn = await create('ahead', { SecretString: 'first' })
    await aws.calls.clear()
    readAhead([arn], new AbortController().signal)
    expect(await readSecret(arn)).toBe('first')
    expect(await reads()).toBe(1)

    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'second' }))
    expect(await readSecret(arn)).toBe('second')
  })

  it('that was read ahead and not used is forgotten, and its failure is ignored', async () => {
    const arn = await create('forgotten', { SecretString: 'first' })
    await aws.faults.add({ kind: 'refuse', operation: 'secretsmanager:GetSecretValue', times: 1 })
    await aws.calls.clear()
    const forget = readAhead([arn], new AbortController().signal)
    await vi.waitFor(async () => expect(await reads()).toBe(1))

    forget()
    expect(await readSecret(arn)).toBe('first')
  })

  it('that does not exist is undefined for readSecretIfThere, and an error for readSecret', async () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/none-a1b2c3'

    expect(await readSecretIfThere(arn)).toBeUndefined()
    await expect(readSecret(arn)).rejects.toMatchObject({ name: 'InvalidCredentials', object: arn })
  })

  it('that is scheduled for deletion counts as absent', async () => {
    const arn = await create('deleted', { SecretString: 'value' })
    await client.send(new DeleteSecretCommand({ SecretId: arn }))

    expect(await readSecretIfThere(arn)).toBeUndefined()
  })

  it('that may not be read is an error with action and ARN', async () => {
    const arn = await create('refused', { SecretString: 'value' })
    await aws.faults.add({ kind: 'refuse', operation: 'secretsmanager:GetSecretValue', times: 2 })

    for (const read of [readSecret, readSecretIfThere]) {
      await expect(read(arn)).rejects.toMatchObject({
        name: 'AccessDenied',
        object: arn,
        reason: expect.stringContaining('secretsmanager:GetSecretValue'),
      })
    }
  })

  it('that is refused by its name may be absent, and the error says so', async () => {
    await aws.faults.add({ kind: 'refuse', operation: 'secretsmanager:GetSecretValue', times: 1 })
    await expect(readSecret('workload-identity/google-credentials')).rejects.toMatchObject({
      name: 'AccessDenied',
      action: expect.stringMatching(
        /^Create the secret workload-identity\/google-credentials if it does not exist\. Otherwise: /,
      ),
    })
  })

  it('that is encrypted with a key that the function may not use is an error with that key, and its setting', async () => {
    const arn = await create('encrypted', { SecretString: 'value' })
    const answer = Object.assign(new Error('Access to KMS is not allowed'), { name: 'AccessDeniedException' })
    const send = vi.spyOn(secretsManager, 'send').mockImplementationOnce(() => Promise.reject(answer))
    await expect(readSecret(arn)).rejects.toMatchObject({
      name: 'AccessDenied',
      object: `the KMS key of ${arn}`,
      action: expect.stringMatching(
        /^Name the key in the deployment's setting kmsKeys\.secrets\. If it is named there: Allow kms:Decrypt /,
      ),
    })
    send.mockRestore()
  })

  it('is not waited for when the step has no time left', async () => {
    const arn = await create('late', { SecretString: 'value' })
    await expect(readSecret(arn, AbortSignal.abort())).rejects.toMatchObject({ transient: true })
  })
})
