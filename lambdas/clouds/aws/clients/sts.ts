import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts'
import { awsResponseTests, rejectForeignResponses } from './aws-responses.ts'
import { clientConfig } from './config.ts'

/** A client with the function's own credentials. AssumeRoleWithWebIdentity is unsigned, and needs no credentials. */
export const sts = clientWith(clientConfig)

export interface SessionCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

/** Returns a client that acts as an assumed role. A caller that does not cache the client must destroy it after use. */
export function stsAs(credentials: NonNullable<STSClientConfig['credentials']>): STSClient {
  return clientWith({ ...clientConfig, credentials })
}

function clientWith(config: STSClientConfig): STSClient {
  return rejectForeignResponses(new STSClient(config), awsResponseTests.query)
}
