import { S3Client } from '@aws-sdk/client-s3'
import { clientConfig } from './config.ts'
import { ownAnswers, takingOwnAnswers } from './own-answers.ts'

export const s3 = takingOwnAnswers(new S3Client(clientConfig), ownAnswers.s3)
