import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { setEnvironment } from '../environment.ts'
import type { ReachableClusters } from '../kubernetes/reachable-clusters.ts'

export interface IssuerBucket {
  readonly name: string
  readonly s3: S3Client
  /** What the host serves in the place of an object, by its key; null for what it does not let the public read. */
  readonly served: Map<string, string | null>
  textOf(key: string): Promise<string | undefined>
}

/** The bucket of a deployment that hosts issuers, and the host that serves it. Called at the top of the file. */
export function issuerBucket(clusters: ReachableClusters, host: string): IssuerBucket {
  const Bucket = 'issuers'
  const served = new Map<string, string | null>()
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
      const text = served.has(key) ? served.get(key) : await textOf(key)
      if (text === undefined || text === null) response.writeHead(403).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end(text)
    })
  })
  afterAll(() => {
    s3?.destroy()
    restore?.()
  })
  beforeEach(() => served.clear())
  return {
    name: Bucket,
    served,
    textOf,
    get s3() {
      return s3
    },
  }
}
