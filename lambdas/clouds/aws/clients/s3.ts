import { S3Client } from '@aws-sdk/client-s3'
import { clientConfig } from './config.ts'
import { awsResponseTests, rejectForeignResponses } from './own-answers.ts'

export const s3 = rejectForeignResponses(new S3Client(clientConfig), awsResponseTests.s3)
