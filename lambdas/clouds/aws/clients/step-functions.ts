import { SFNClient } from '@aws-sdk/client-sfn'
import { clientConfig } from './config.ts'

export const stepFunctions = new SFNClient(clientConfig)
