import { S3Client } from '@aws-sdk/client-s3'
import { awsResponseTests, rejectForeignResponses } from './aws-responses.ts'
import { clientConfig } from './config.ts'

export const s3 = rejectForeignResponses(new S3Client(clientConfig), awsResponseTests.s3)
