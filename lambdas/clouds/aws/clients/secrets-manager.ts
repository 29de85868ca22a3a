import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { clientConfig } from './config.ts'
import { ownAnswers, takingOwnAnswers } from './own-answers.ts'

export const secretsManager = takingOwnAnswers(new SecretsManagerClient(clientConfig), ownAnswers.json)
