import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { clientConfig } from './config.ts'
import { ownAnswers, rejectForeignResponses } from './own-answers.ts'

export const secretsManager = rejectForeignResponses(new SecretsManagerClient(clientConfig), ownAnswers.json)
