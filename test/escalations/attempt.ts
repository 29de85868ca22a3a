import { account } from '../../sandbox/account.ts'

/** One try to get more than one has. */
export interface Attempt {
  /** What is tried: `make an access key of another user`. */
  readonly name: string
  /** Where the way is described. */
  readonly source: string
  /** Left out where the policies refuse it. Otherwise why they cannot, and what refuses it instead. */
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
 * @param resource an ARN, or what stands behind the account in one of the action's service
 * @param source an address, or a path of AWS's documentation
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

/** The rows of a table of text, a line each; its cells stand between `|`. */
export function rowsIn(table: string): string[][] {
  const lines = table.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => line.split('|').map((cell) => cell.trim()))
}

/** The bucket with the copies of the record, as the template names it. */
export const copiesBucket = 'arn:aws:s3:::WorkloadIdentity-RecordCopies4AD0D712'

/** What serves the issuers that the deployment hosts, as the template names it. */
export const hosting = {
  bucket: 'arn:aws:s3:::WorkloadIdentity-IssuersDocuments5E0427E2',
  keySet: (cluster: string) => `arn:aws:s3:::WorkloadIdentity-IssuersDocuments5E0427E2/${cluster}/openid/v1/jwks`,
  distribution: cloudFrontArn('distribution/WorkloadIdentity-IssuersDistributionFDA01D23'),
  access: cloudFrontArn('origin-access-control/WorkloadIdentity-IssuersAccess2EA3C44D'),
  cachePolicy: cloudFrontArn('cache-policy/WorkloadIdentity-IssuersCacheDB168DEC'),
} as const

/** What serves the portal, as the template names it. */
export const portal = {
  bucket: 'arn:aws:s3:::WorkloadIdentity-PortalFilesA1E38FB9',
  file: (name: string) => `arn:aws:s3:::WorkloadIdentity-PortalFilesA1E38FB9/${name}`,
  distribution: cloudFrontArn('distribution/WorkloadIdentity-PortalDistribution29412EF8'),
  access: cloudFrontArn('origin-access-control/WorkloadIdentity-PortalAccess57D13BFE'),
  headers: cloudFrontArn('response-headers-policy/WorkloadIdentity-PortalHeaders34A19537'),
  function: cloudFrontArn(`function/WorkloadIdentity-${account.region}-portal`),
} as const

export function cloudFrontArn(what: string): string {
  return `arn:aws:cloudfront::${account.id}:${what}`
}
