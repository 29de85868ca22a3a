import { SNSClient } from '@aws-sdk/client-sns'
import { clientConfig } from './config.ts'

export const sns = new SNSClient(clientConfig)
