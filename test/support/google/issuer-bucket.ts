import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { setEnvironment } from '../environment.ts'
import type { ReachableClusters } from '../kubernetes/reachable-clusters.ts'

export interface IssuerBucket {
  readonly name: string
  readonly s3: S3Client
  /** Texts that the host returns instead of objects, by key. For null it returns 403. */
  readonly replaced: Map<string, string | null>
  textOf(key: string): Promise<string | undefined>
}

/** The bucket of a deployment for hosted issuers, and its public host. Call it at the top of the file. */
export function issuerBucket(clusters: ReachableClusters, host: string): IssuerBucket {
  const Bucket = 'issuers'
  const replaced = new Map<string, string | null>()
  let s3: S3Client
  let restore: () => void
  const textOf = async (Key: string) => {
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key })).catch(() => undefined)
    return answer?.Body?.transformToString()
  }
  beforeAll(async () => {
    restore = setEnvironment({ ISSUER_BUCKET: Bucket })
    s3 = new S3Client()
    await s3.send(new CreateBucketCommand({ Bucket }))
    await clusters.internet.host(host, async (request, response) => {
      const key = (request.url ?? '').slice(1)
      const text = replaced.has(key) ? replaced.get(key) : await textOf(key)
      if (text === undefined || text === null) response.writeHead(403).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end(text)
    })
  })
  afterAll(() => {
    s3?.destroy()
    restore?.()
  })
  beforeEach(() => replaced.clear())
  return {
    name: Bucket,
    replaced,
    textOf,
    get s3() {
      return s3
    },
  }
}
