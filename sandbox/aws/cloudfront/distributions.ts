import { sendSigned } from '../signed-request.ts'
import { type Element, elementsAt, parseXml, textAt } from './xml.ts'

/** What its edge has to know of a distribution. */
export interface Distribution {
  readonly id: string
  readonly arn: string
  /** Its own name below cloudfront.net first, then its alternate names. */
  readonly names: readonly string[]
  readonly isEnabled: boolean
  /** That of the default cache behavior; undefined for one that is no S3 bucket. */
  readonly origin: S3Origin | undefined
}

export interface S3Origin {
  readonly bucket: string
  /** Before each path; empty when there is none. */
  readonly path: string
  /** Empty: CloudFront does not sign what it sends to the bucket. */
  readonly accessControlId: string
}

/** @throws Error when CloudFront's API does not answer with them */
export async function listDistributions(endpoint: string): Promise<Distribution[]> {
  const list = await read(endpoint, 'distribution')
  return elementsAt(list, 'Items', 'DistributionSummary').map((summary) => ({
    id: textAt(summary, 'Id'),
    arn: textAt(summary, 'ARN'),
    names: [textAt(summary, 'DomainName'), ...elementsAt(summary, 'Aliases', 'Items', 'CNAME').map(({ text }) => text)],
    isEnabled: textAt(summary, 'Enabled') === 'true',
    origin: originOf(summary),
  }))
}

/**
 * Whether an origin access control has CloudFront sign its requests:
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html
 *
 * @throws Error when CloudFront's API does not know it
 */
export async function signsRequests(endpoint: string, { accessControlId }: S3Origin): Promise<boolean> {
  if (accessControlId === '') return false
  const control = await read(endpoint, `origin-access-control/${accessControlId}`)
  const configured = (name: string) => textAt(control, 'OriginAccessControlConfig', name)
  return configured('OriginAccessControlOriginType') === 's3' && configured('SigningBehavior') !== 'never'
}

function originOf(summary: Element): S3Origin | undefined {
  const id = textAt(summary, 'DefaultCacheBehavior', 'TargetOriginId')
  const origin = elementsAt(summary, 'Origins', 'Items', 'Origin').find((one) => textAt(one, 'Id') === id)
  const bucket = origin && /^(.+)\.s3\.([a-z0-9-]+\.)?amazonaws\.com$/.exec(textAt(origin, 'DomainName'))?.[1]
  if (!bucket) return undefined
  return { bucket, path: textAt(origin, 'OriginPath'), accessControlId: textAt(origin, 'OriginAccessControlId') }
}

async function read(endpoint: string, what: string): Promise<Element> {
  const url = new URL(`/2020-05-31/${what}`, endpoint)
  const response = await sendSigned({ service: 'cloudfront', method: 'GET', url })
  const text = await response.text()
  if (!response.ok) throw new Error(`CloudFront answered ${response.status} to GET ${url.pathname}: ${text}`)
  return parseXml(text)
}
