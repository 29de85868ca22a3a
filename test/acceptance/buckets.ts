/** Buckets that the acceptance makes, or that its stack has. */
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import * as z from 'zod'
import { clientOf, type Place } from './place.ts'

function s3Of(place: Place): S3Client {
  return new S3Client({ ...clientOf(place), forcePathStyle: place.endpoint !== undefined })
}

/** Also a region that is newer than the list of the SDK. */
const location = z.custom<BucketLocationConstraint>((region) => typeof region === 'string')

/** S3 blocks public access to new buckets, and encrypts them. */
export async function makeBucket(place: Place, Bucket: string): Promise<void> {
  // us-east-1 is no location: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
  const CreateBucketConfiguration = { LocationConstraint: location.parse(place.region) }
  await s3Of(place).send(
    new CreateBucketCommand({ Bucket, ...(place.region !== 'us-east-1' && { CreateBucketConfiguration }) }),
  )
}

/** Deletes all versions of all objects. A bucket that is not there is empty. */
export async function emptyBucket(place: Place, Bucket: string): Promise<void> {
  const client = s3Of(place)
  for (;;) {
    const Objects = await someVersions(client, Bucket)
    if (Objects.length === 0) return
    const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
    const [first] = Errors
    if (first)
      throw new Error(`S3 did not delete ${first.Key} of the bucket ${Bucket} (${first.Code}: ${first.Message})`)
  }
}

/** A thousand at most, which is what one call deletes. */
async function someVersions(client: S3Client, Bucket: string) {
  try {
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }))
    return [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }))
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}

/** Deletes the bucket with all that is in it. */
export async function removeBucket(place: Place, Bucket: string): Promise<void> {
  await emptyBucket(place, Bucket)
  await s3Of(place)
    .send(new DeleteBucketCommand({ Bucket }))
    .catch((error: unknown) => {
      if (!isAbsent(error)) throw error
    })
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchBucket'
}
