import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { clientConfig } from './config.ts'

export const secretsManager = new SecretsManagerClient(clientConfig)
