import { sendSigned } from '../signed-request.ts'
import { allowsCloudFront } from './bucket-policy.ts'
import { type Distribution, type S3Origin, signsRequests } from './distributions.ts'

/** What a viewer gets, apart from what CloudFront adds. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Headers of an object that CloudFront passes on. */
const passedOn = ['content-type', 'cache-control', 'etag', 'last-modified']

/**
 * What S3 answers to CloudFront for this path. A missing object is 403 to whoever may not list the bucket, and 404 to others:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 *
 * @param path of the request, as it came, without a query
 * @throws Error when MiniStack does not answer
 */
export async function readOrigin(endpoint: string, distribution: Distribution, path: string): Promise<Answer> {
  const { origin, arn: sourceArn } = distribution
  const key = origin && keyOf(origin, path)
  if (!key) return denied()
  const { bucket } = origin
  const [isSigned, policy] = await Promise.all([signsRequests(endpoint, origin), policyOf(endpoint, bucket)])
  const bucketArn = `arn:aws:s3:::${bucket}`
  const object = { action: 's3:GetObject', resource: `${bucketArn}/${key}`, sourceArn } as const
  if (!isSigned || !allowsCloudFront(policy, object)) return denied()
  const response = await askS3(endpoint, `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`)
  if (response.ok) return objectOf(response)
  const list = { action: 's3:ListBucket', resource: bucketArn, sourceArn } as const
  if (!allowsCloudFront(policy, list)) return denied()
  return failure(404, 'NoSuchKey', 'The specified key does not exist.')
}

/** Undefined for a path that is of no object: MiniStack would look for one with dots elsewhere. */
function keyOf(origin: S3Origin, path: string): string | undefined {
  const key = decoded(`${origin.path}${path}`)?.replace(/^\//, '')
  return key?.split('/').some((part) => part === '.' || part === '..') ? undefined : key
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

async function policyOf(endpoint: string, bucket: string): Promise<string | undefined> {
  const response = await askS3(endpoint, `/${bucket}`, { policy: '' })
  const text = await response.text()
  return response.ok ? text : undefined
}

async function askS3(endpoint: string, path: string, query: Readonly<Record<string, string>> = {}) {
  const response = await sendSigned({ service: 's3', method: 'GET', url: new URL(path, endpoint), query })
  if (response.status >= 500) throw new Error(`S3 answered ${response.status} to GET ${path}`)
  return response
}

async function objectOf(response: Response): Promise<Answer> {
  const headers = passedOn.flatMap((name) => {
    const value = response.headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  return { status: 200, headers: Object.fromEntries(headers), body: Buffer.from(await response.arrayBuffer()) }
}

function denied(): Answer {
  return failure(403, 'AccessDenied', 'Access Denied')
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function failure(status: number, code: string, message: string): Answer {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) }
}
