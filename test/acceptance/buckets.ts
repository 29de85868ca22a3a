import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import * as z from 'zod'
import { type AwsTarget, clientOf } from './target.ts'

function s3Of(target: AwsTarget): S3Client {
  return new S3Client({ ...clientOf(target), forcePathStyle: target.endpoint !== undefined })
}

/** Accepts regions that are newer than the list of the SDK. */
const location = z.custom<BucketLocationConstraint>((region) => typeof region === 'string')

/** Creates a bucket. By default S3 encrypts it, and blocks public access. */
export async function makeBucket(target: AwsTarget, Bucket: string): Promise<void> {
  // us-east-1 is not a valid location constraint: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
  const CreateBucketConfiguration = { LocationConstraint: location.parse(target.region) }
  await s3Of(target).send(
    new CreateBucketCommand({ Bucket, ...(target.region !== 'us-east-1' && { CreateBucketConfiguration }) }),
  )
}

/** Deletes all versions of all objects. Does nothing when the bucket does not exist. */
export async function emptyBucket(target: AwsTarget, Bucket: string): Promise<void> {
  const client = s3Of(target)
  for (;;) {
    const Objects = await someVersions(client, Bucket)
    if (Objects.length === 0) return
    const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
    const [first] = Errors
    if (first)
      throw new Error(`S3 did not delete ${first.Key} of the bucket ${Bucket} (${first.Code}: ${first.Message})`)
  }
}

/** Lists at most a thousand versions, which is the limit of one deletion. */
async function someVersions(client: S3Client, Bucket: string) {
  try {
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }))
    return [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }))
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}

/** Deletes the bucket with its objects. */
export async function removeBucket(target: AwsTarget, Bucket: string): Promise<void> {
  await emptyBucket(target, Bucket)
  await s3Of(target)
    .send(new DeleteBucketCommand({ Bucket }))
    .catch((error: unknown) => {
      if (!isAbsent(error)) throw error
    })
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchBucket'
}
