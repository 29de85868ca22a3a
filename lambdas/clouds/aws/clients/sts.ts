import { STSClient } from '@aws-sdk/client-sts'
import { clientConfig } from './config.ts'

/** AssumeRoleWithWebIdentity is not signed. This client looks up credentials only for other calls. */
export const sts = new STSClient(clientConfig)

export interface SessionCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

/** A client that acts as an assumed role. The caller destroys it after use. */
export function stsAs(credentials: SessionCredentials): STSClient {
  return new STSClient({ ...clientConfig, credentials })
}
