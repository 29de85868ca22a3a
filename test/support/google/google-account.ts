import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type AwsAccount, awsAccount } from '../aws/aws-account.ts'
import { setEnvironment } from '../environment.ts'
import { type GoogleForTests, startGoogleForTests } from './google.ts'

/** Name of the secret with the credentials of {@link googleAccount}. */
export const googleSecret = 'workload-identity/google-credentials'

export interface GoogleAccount extends Pick<GoogleForTests, 'google' | 'internet'> {
  readonly aws: Omit<AwsAccount, 'end'>
}

/** The sandbox's Google for the tests of a file, with its credentials in Secrets Manager. Call it at the top of the file. */
export function googleAccount(): GoogleAccount {
  let started: GoogleForTests
  let restore: (() => void) | undefined
  const aws = awsAccount()
  beforeAll(async () => {
    started = await startGoogleForTests()
    restore = setEnvironment({ GOOGLE_CREDENTIALS_SECRET: googleSecret })
    const secrets = new SecretsManagerClient()
    await secrets.send(new CreateSecretCommand({ Name: googleSecret, SecretString: started.google.credentials }))
    secrets.destroy()
  })
  afterAll(async () => {
    restore?.()
    await started?.end()
  })
  beforeEach(() => {
    started.google.calls.clear()
    started.google.faults.clear()
  })
  return {
    aws,
    get google() {
      return started.google
    },
    get internet() {
      return started.internet
    },
  }
}
