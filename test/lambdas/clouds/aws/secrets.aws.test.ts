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

async function make(name: string, value: { SecretString?: string; SecretBinary?: Uint8Array }): Promise<string> {
  const { ARN = '' } = await client.send(new CreateSecretCommand({ Name: `workload-identity/${name}`, ...value }))
  return ARN
}

/** Since the log of calls was cleared. */
async function reads(): Promise<number> {
  const calls = await aws.calls.all()
  return calls.filter(({ operation }) => operation === 'secretsmanager:GetSecretValue').length
}

describe('a secret', () => {
  it('is read by its ARN and by its name', async () => {
    const arn = await make('text', { SecretString: 'value' })

    expect(await readSecret(arn)).toBe('value')
    expect(await readSecretIfThere('workload-identity/text')).toBe('value')
  })

  it('may have been uploaded as a file', async () => {
    const arn = await make('file', { SecretBinary: Buffer.from('wert: ü') })
    expect(await readSecret(arn)).toBe('wert: ü')
  })

  it('is replaced only while it has the value that was read, so that a newer one of somebody else stays', async () => {
    const arn = await make('replaced', { SecretString: 'of somebody else' })
    const { signal } = new AbortController()

    await expect(replaceSecret(arn, { from: 'first', to: 'second' }, signal)).rejects.toMatchObject({
      name: 'ConcurrentChange',
      object: arn,
    })
    expect(await readSecret(arn)).toBe('of somebody else')
    await replaceSecret(arn, { from: 'of somebody else', to: 'second' }, signal)
    expect(await readSecret(arn)).toBe('second')
  })

  it('that is read ahead is read once, and again for who reads it a second time', async () => {
    const arn = await make('ahead', { SecretString: 'first' })
    await aws.calls.clear()
    readAhead([arn], new AbortController().signal)
    expect(await readSecret(arn)).toBe('first')
    expect(await reads()).toBe(1)

    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'second' }))
    expect(await readSecret(arn)).toBe('second')
  })

  it('that nobody asks for is forgotten, and its failure is nobody’s', async () => {
    const arn = await make('forgotten', { SecretString: 'first' })
    await aws.faults.add({ kind: 'refuse', operation: 'secretsmanager:GetSecretValue', times: 1 })
    await aws.calls.clear()
    const forget = readAhead([arn], new AbortController().signal)
    await vi.waitFor(async () => expect(await reads()).toBe(1))

    forget()
    expect(await readSecret(arn)).toBe('first')
  })

  it('that is not there is undefined where that is asked for, and an error else', async () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/none-a1b2c3'

    expect(await readSecretIfThere(arn)).toBeUndefined()
    await expect(readSecret(arn)).rejects.toMatchObject({ name: 'InvalidCredentials', object: arn })
  })

  it('that is being deleted is not there', async () => {
    const arn = await make('deleted', { SecretString: 'value' })
    await client.send(new DeleteSecretCommand({ SecretId: arn }))

    expect(await readSecretIfThere(arn)).toBeUndefined()
  })

  it('that may not be read names action and ARN', async () => {
    const arn = await make('refused', { SecretString: 'value' })
    await aws.faults.add({ kind: 'refuse', operation: 'secretsmanager:GetSecretValue', times: 2 })

    for (const read of [readSecret, readSecretIfThere]) {
      await expect(read(arn)).rejects.toMatchObject({
        name: 'AccessDenied',
        object: arn,
        reason: expect.stringContaining('secretsmanager:GetSecretValue'),
      })
    }
  })

  it('that is refused by its name may be one that is not there', async () => {
    await aws.faults.add({ kind: 'refuse', operation: 'secretsmanager:GetSecretValue', times: 1 })
    await expect(readSecret('workload-identity/google-credentials')).rejects.toMatchObject({
      name: 'AccessDenied',
      action: expect.stringMatching(
        /^Create the secret workload-identity\/google-credentials if it is not there\. Else: /,
      ),
    })
  })

  it('that is encrypted with a key which the function may not use names that key, and the setting for it', async () => {
    const arn = await make('encrypted', { SecretString: 'value' })
    const answer = Object.assign(new Error('Access to KMS is not allowed'), { name: 'AccessDeniedException' })
    const send = vi.spyOn(secretsManager, 'send').mockImplementationOnce(() => Promise.reject(answer))
    await expect(readSecret(arn)).rejects.toMatchObject({
      name: 'AccessDenied',
      object: `the KMS key of ${arn}`,
      action: expect.stringMatching(
        /^Name the key in the deployment's setting kmsKeys\.secrets\. Where it is: Allow kms:Decrypt /,
      ),
    })
    send.mockRestore()
  })

  it('is not waited for when the step is out of time', async () => {
    const arn = await make('late', { SecretString: 'value' })
    await expect(readSecret(arn, AbortSignal.abort())).rejects.toMatchObject({ transient: true })
  })
})
