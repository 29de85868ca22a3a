import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { clientConfig } from './config.ts'
import { awsResponseTests, rejectForeignResponses } from './own-answers.ts'

export const secretsManager = rejectForeignResponses(new SecretsManagerClient(clientConfig), awsResponseTests.json)
