import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { awsResponseTests, rejectForeignResponses } from './aws-responses.ts'
import { clientConfig } from './config.ts'

export const secretsManager = rejectForeignResponses(new SecretsManagerClient(clientConfig), awsResponseTests.json)
