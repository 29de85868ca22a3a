/** Text documents in an S3 bucket. AWS errors become step errors: see errors.ts. */
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { s3 } from './clients/s3.ts'
import { orStepError } from './errors.ts'

export interface DocumentRef {
  readonly bucket: string
  readonly key: string
}

export interface Document {
  readonly text: string
  readonly contentType: string
  readonly cacheControl: string
}

/** Returns the name of the document for reports and errors: `s3://BUCKET/KEY`. */
export function documentUrl({ bucket, key }: DocumentRef): string {
  return `s3://${bucket}/${key}`
}

/**
 * Returns the keys of the documents in a folder, at most 1,000.
 *
 * @param folder with a trailing slash
 */
export async function documentsIn(bucket: string, folder: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: folder })
  const call = { action: 's3:ListBucket', resource: `s3://${bucket}` }
  const { Contents = [] } = await orStepError(call, s3.send(command, { abortSignal: signal }))
  return new Set(Contents.flatMap(({ Key }) => Key ?? []))
}

/** Reads an existing document. */
export async function readDocument(ref: DocumentRef, signal: AbortSignal): Promise<Document> {
  const command = new GetObjectCommand({ Bucket: ref.bucket, Key: ref.key })
  const answer = await orStepError(
    { action: 's3:GetObject', resource: documentUrl(ref) },
    s3.send(command, { abortSignal: signal }),
  )
  const { Body, ContentType: contentType = '', CacheControl: cacheControl = '' } = answer
  return { text: (await Body?.transformToString()) ?? '', contentType, cacheControl }
}

export async function writeDocument(ref: DocumentRef, document: Document, signal: AbortSignal): Promise<void> {
  const command = new PutObjectCommand({
    Bucket: ref.bucket,
    Key: ref.key,
    Body: document.text,
    ContentType: document.contentType,
    CacheControl: document.cacheControl,
  })
  await orStepError({ action: 's3:PutObject', resource: documentUrl(ref) }, s3.send(command, { abortSignal: signal }))
}

/** Does nothing when the document does not exist. */
export async function deleteDocument(ref: DocumentRef, signal: AbortSignal): Promise<void> {
  const command = new DeleteObjectCommand({ Bucket: ref.bucket, Key: ref.key })
  await orStepError(
    { action: 's3:DeleteObject', resource: documentUrl(ref) },
    s3.send(command, { abortSignal: signal }),
  )
}
