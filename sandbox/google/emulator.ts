import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startPythonServer } from '../aws/python-server.ts'
import type { Policy } from './policy.ts'

const here = dirname(fileURLToPath(import.meta.url))

export interface BucketResource {
  name: string
  location: string
  labels?: Record<string, string>
  metageneration: string
  iamConfiguration: {
    uniformBucketLevelAccess: { enabled: boolean }
    publicAccessPrevention?: 'inherited' | 'enforced'
  }
  [field: string]: unknown
}

export interface StoredObject {
  body: Buffer
  contentType: string
  cacheControl: string | undefined
}

/** gcp-storage-emulator, which stores buckets, policies and objects and enforces nothing. */
export interface Emulator {
  readonly endpoint: string
  bucket(name: string): Promise<BucketResource | undefined>
  createBucket(name: string, fields: Partial<BucketResource>): Promise<BucketResource>
  patchBucket(name: string, fields: Partial<BucketResource>): Promise<BucketResource>
  deleteBucket(name: string): Promise<void>
  policy(bucket: string): Promise<Policy>
  setPolicy(bucket: string, policy: Policy): Promise<void>
  object(bucket: string, name: string): Promise<StoredObject | undefined>
  putObject(bucket: string, name: string, object: StoredObject): Promise<void>
  /** Names of all objects, in their order. */
  objects(bucket: string): Promise<readonly string[]>
  deleteObject(bucket: string, name: string): Promise<void>
  close(): Promise<void>
}

/** Starts the emulator with its data in `directory`; it ends with this process. */
export async function startEmulator(options: { python: string; directory: string }): Promise<Emulator> {
  const server = await startPythonServer({
    python: options.python,
    module: 'storage_emulator',
    environment: (port) => ({
      PYTHONPATH: here,
      PYTHONDONTWRITEBYTECODE: '1',
      PORT: String(port),
      DATA_DIR: join(options.directory, 'storage'),
    }),
    logFile: join(options.directory, 'storage-emulator.log'),
    healthPath: '/',
  })
  const call = (method: string, path: string, body?: object) => request(server.endpoint, method, path, body)
  const bucketPath = (name: string) => `/storage/v1/b/${encodeURIComponent(name)}`

  return {
    endpoint: server.endpoint,
    bucket: (name) => json<BucketResource>(call('GET', bucketPath(name))),
    async createBucket(name, fields) {
      // The emulator's own insert takes nothing but the name.
      await call('POST', '/storage/v1/b', { name })
      return present(await json<BucketResource>(call('PATCH', bucketPath(name), fields)))
    },
    patchBucket: async (name, fields) => present(await json<BucketResource>(call('PATCH', bucketPath(name), fields))),
    deleteBucket: async (name) => void (await call('DELETE', bucketPath(name))),
    policy: async (bucket) => present(await json<Policy>(call('GET', `${bucketPath(bucket)}/iam`))),
    setPolicy: async (bucket, policy) => void (await call('PUT', `${bucketPath(bucket)}/iam`, policy)),
    async object(bucket, name) {
      const path = `${bucketPath(bucket)}/o/${encodeURIComponent(name)}`
      const resource = await json<{ contentType: string; cacheControl?: string }>(call('GET', path))
      if (!resource) return undefined
      const media = await call('GET', `/download${path}?alt=media`)
      const body = Buffer.from(await media.arrayBuffer())
      return { body, contentType: resource.contentType, cacheControl: resource.cacheControl }
    },
    async putObject(bucket, name, object) {
      const resource = { name, contentType: object.contentType, cacheControl: object.cacheControl }
      const path = `/upload${bucketPath(bucket)}/o?uploadType=multipart`
      const response = await fetch(server.endpoint + path, { method: 'POST', ...multipart(resource, object) })
      await response.arrayBuffer()
      if (!response.ok) throw new Error(`the storage emulator answered ${response.status} to an upload`)
    },
    async objects(bucket) {
      const { items = [] } = present(await json<{ items?: { name: string }[] }>(call('GET', `${bucketPath(bucket)}/o`)))
      return items.map(({ name }) => name).sort()
    },
    deleteObject: async (bucket, name) =>
      void (await call('DELETE', `${bucketPath(bucket)}/o/${encodeURIComponent(name)}`)),
    close: () => server.close(),
  }
}

async function request(endpoint: string, method: string, path: string, body?: object): Promise<Response> {
  const response = await fetch(endpoint + path, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  // 409: a bucket that was made when the sandbox was killed before it noted whose it is.
  if (response.ok || response.status === 404 || response.status === 409) return response
  await response.body?.cancel()
  throw new Error(`the storage emulator answered ${response.status} to ${method} ${path}`)
}

/** The JSON of an answer, or undefined when it is 404. The emulator is pinned: what it answers is known. */
async function json<T>(answer: Promise<Response>): Promise<T | undefined> {
  const response = await answer
  const text = await response.text()
  if (response.status === 404) return undefined
  const value: T = JSON.parse(text)
  return value
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the storage emulator does not know the bucket')
  return value
}

/** https://cloud.google.com/storage/docs/uploading-objects#multipart-upload-rest-apis */
function multipart(
  resource: object,
  { body, contentType }: StoredObject,
): { body: Buffer; headers: Record<string, string> } {
  const boundary = `part-${Math.random().toString(36).slice(2)}`
  const head = `--${boundary}\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(resource)}\r\n--${boundary}\r\nContent-Type: ${contentType}\r\n\r\n`
  return {
    body: Buffer.concat([Buffer.from(head), body, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/related; boundary=${boundary}` },
  }
}
