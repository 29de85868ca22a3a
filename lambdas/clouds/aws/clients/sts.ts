import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts'
import { clientConfig } from './config.ts'
import { ownAnswers, rejectForeignResponses } from './own-answers.ts'

/** AssumeRoleWithWebIdentity is not signed. This client looks up credentials only for other calls. */
export const sts = clientWith(clientConfig)

export interface SessionCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

/** A client that acts as an assumed role. A caller that does not cache it destroys it after use. */
export function stsAs(credentials: NonNullable<STSClientConfig['credentials']>): STSClient {
  return clientWith({ ...clientConfig, credentials })
}

function clientWith(config: STSClientConfig): STSClient {
  return rejectForeignResponses(new STSClient(config), ownAnswers.query)
}
