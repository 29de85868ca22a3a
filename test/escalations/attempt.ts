import { account } from '../../sandbox/account.ts'

/** One attempt to get more rights. */
export interface Attempt {
  /** The attempted action: `create an access key of another user`. */
  readonly name: string
  /** A description of the technique. */
  readonly source: string
  /** Undefined where the policies refuse the attempt. Otherwise the reason why they cannot, and the other control. */
  readonly otherwise?: string
}

/** An attempt at AWS. */
export interface AwsAttempt extends Attempt {
  readonly action: string
  readonly resource: string
  readonly context?: Readonly<Record<string, string | string[]>>
}

export const awsDocs = 'https://docs.aws.amazon.com'

export function inAccount(service: string, what: string, region: string = account.region): string {
  return `arn:aws:${service}:${region}:${account.id}:${what}`
}

export function iamArn(what: string): string {
  return `arn:aws:iam::${account.id}:${what}`
}

/**
 * @param resource an ARN, or its part after the account for the action's service
 * @param source a URL, or a path of AWS's documentation
 */
export function awsAttempt(name: string, action: string, resource: string, source: string): AwsAttempt {
  const [service = ''] = action.split(':')
  const arn = service === 'iam' || service === 'sts' ? iamArn(resource) : inAccount(service, resource)
  return {
    name,
    action,
    resource: resource === '*' || resource.startsWith('arn:') ? resource : arn,
    source: source.startsWith('https:') ? source : `${awsDocs}/${source}`,
  }
}

/** The rows of a text table: one row in a line, with cells between `|`. */
export function rowsIn(table: string): string[][] {
  const lines = table.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => line.split('|').map((cell) => cell.trim()))
}

/** The bucket with the copies of the record in the template. */
export const copiesBucket = 'arn:aws:s3:::workloadidentity-recordcopies4ad0d712'

/** The resources for hosted issuers in the template. */
export const hosting = {
  bucket: 'arn:aws:s3:::workloadidentity-issuersdocuments5e0427e2',
  keySet: (cluster: string) => `arn:aws:s3:::workloadidentity-issuersdocuments5e0427e2/${cluster}/openid/v1/jwks`,
  distribution: cloudFrontArn('distribution/WorkloadIdentity-IssuersDistributionFDA01D23'),
  access: cloudFrontArn('origin-access-control/WorkloadIdentity-IssuersAccess2EA3C44D'),
  cachePolicy: cloudFrontArn('cache-policy/WorkloadIdentity-IssuersCacheDB168DEC'),
} as const

/** The resources for the portal in the template. */
export const portal = {
  bucket: 'arn:aws:s3:::workloadidentity-portalfilesa1e38fb9',
  file: (name: string) => `arn:aws:s3:::workloadidentity-portalfilesa1e38fb9/${name}`,
  distribution: cloudFrontArn('distribution/WorkloadIdentity-PortalDistribution29412EF8'),
  access: cloudFrontArn('origin-access-control/WorkloadIdentity-PortalAccess57D13BFE'),
  headers: cloudFrontArn('response-headers-policy/WorkloadIdentity-PortalHeaders34A19537'),
  function: cloudFrontArn(`function/WorkloadIdentity-${account.region}-portal`),
} as const

export function cloudFrontArn(what: string): string {
  return `arn:aws:cloudfront::${account.id}:${what}`
}
