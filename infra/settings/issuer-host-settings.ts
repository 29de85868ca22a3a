/**
 * The setting `issuerHost`: whether the deployment hosts issuers, and under which name. When the setting is omitted,
 * the deployment hosts none. When the setting is empty, the issuers have the domain name that CloudFront assigns.
 */
import * as z from 'zod'
import { textOf } from './setting-text.ts'

/** RFC 1123 labels in lower case, as in issuer URLs. At most 253 characters. */
export const domainName = textOf(
  'a DNS name in lower case such as oidc.example.com, without scheme, port and path',
  /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
).max(253)

/** CloudFront accepts only certificates in us-east-1: https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html */
export const acmCertificateArn = textOf(
  'the ARN of a certificate of ACM such as arn:aws:acm:us-east-1:ACCOUNT:certificate/ID',
  /^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
).refine(
  (arn) => !/^arn:aws:acm:(?!us-east-1:)/.test(arn),
  'is of another region, and CloudFront takes certificates of us-east-1 only: request or import it there',
)

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
const iamCertificateId = textOf(
  'the ID of a server certificate of IAM such as ASCACKCEVSQ6C2EXAMPLE, and not its name or ARN: `aws iam list-server-certificates` shows it',
  /^ASC[A-Z0-9]{13,125}$/,
)

export const issuerHostSettings = z
  .strictObject({
    domain: domainName.optional().meta({
      description:
        'Your domain. Point it to the output `IssuerDistributionHost`. Without it, issuers have a CloudFront name, for trials.',
    }),
    certificateArn: acmCertificateArn.optional().meta({
      description: 'Its certificate, in us-east-1. Not in China.',
    }),
    iamCertificateId: iamCertificateId.optional().meta({
      description: 'Its certificate in China.',
    }),
  })
  .check(({ value, issues }) => {
    const path = value.domain === undefined ? 'domain' : 'certificateArn'
    const message = pairMistake(value)
    if (message !== undefined) issues.push({ code: 'custom', input: value, path: [path], message })
  })
  .meta({
    description:
      'The deployment [hosts the issuers](deployment.md#hosted-issuers) of clusters; with `{}`, under a CloudFront name.',
    examples: [
      {
        domain: 'oidc.example.com',
        certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/1234abcd-12ab-34cd-56ef-1234567890ab',
      },
    ],
  })

export type IssuerHostSettings = z.output<typeof issuerHostSettings>

function pairMistake({ domain, certificateArn, iamCertificateId }: IssuerHostSettings): string | undefined {
  const certificates = [certificateArn, iamCertificateId].filter((each) => each !== undefined).length
  if (certificates > 1)
    return 'is set beside iamCertificateId: CloudFront takes one certificate, so remove one of the two'
  if (domain !== undefined && certificates === 0) {
    return 'is missing: name the certificate of issuerHost.domain (in China its iamCertificateId)'
  }
  if (domain === undefined && certificates > 0) {
    return 'is missing: name the domain that the certificate is for, or leave the certificate out'
  }
  return undefined
}

/** Returns the mistake and the wrong field if the partition does not support the setting, and undefined otherwise. */
export function issuerHostPlaceMistake(
  settings: IssuerHostSettings,
  partition: string,
): { readonly field?: keyof IssuerHostSettings; readonly message: string } | undefined {
  if (partition === 'aws-cn') return chinaMistake(settings)
  // "Amazon CloudFront is not available in the AWS GovCloud (US) partition":
  // https://docs.aws.amazon.com/solutions/latest/distributed-load-testing-on-aws/deploy-govcloud.html
  if (partition !== 'aws') {
    return { message: `CloudFront is not a service of the partition ${partition}: leave the setting out` }
  }
  if (settings.iamCertificateId === undefined) return undefined
  return { field: 'iamCertificateId', message: 'is for China alone: name a certificate of ACM as certificateArn' }
}

/** https://docs.amazonaws.cn/en_us/aws/latest/userguide/cloudfront.html */
function chinaMistake({ domain, certificateArn }: IssuerHostSettings) {
  if (domain === undefined) {
    const message = 'is missing: in China CloudFront serves nothing under its own name, cloudfront.cn'
    return { field: 'domain', message } as const
  }
  if (certificateArn === undefined) return undefined
  const message =
    'is for other partitions: in China CloudFront takes no certificates of ACM. Upload one to IAM, and name its ID as iamCertificateId'
  return { field: 'certificateArn', message } as const
}
