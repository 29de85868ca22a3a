import { IAMClient } from '@aws-sdk/client-iam'
import { clientConfig } from './config.ts'

export const iam = new IAMClient(clientConfig)
