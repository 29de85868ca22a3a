import { CfnDistribution, type Distribution, SecurityPolicyProtocol, SSLMethod } from 'aws-cdk-lib/aws-cloudfront'

/**
 * Adapts a distribution to CloudFront in China. CDK's Distribution has no properties for the differences:
 *
 * - The certificate is in IAM: https://docs.amazonaws.cn/en_us/aws/latest/userguide/cloudfront.html
 * - The cache time is a separate property, because "The parameter CachePolicyId can't be set for this region":
 *   https://github.com/aws/aws-cdk/issues/31033
 *
 * @param longestCached seconds
 */
export function adaptToChina(distribution: Distribution, iamCertificateId: string, longestCached: number): void {
  const { defaultChild } = distribution.node
  if (!(defaultChild instanceof CfnDistribution)) return
  defaultChild.addPropertyOverride('DistributionConfig.ViewerCertificate', {
    IamCertificateId: iamCertificateId,
    MinimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    SslSupportMethod: SSLMethod.SNI,
  })
  const behavior = 'DistributionConfig.DefaultCacheBehavior'
  defaultChild.addPropertyDeletionOverride(`${behavior}.CachePolicyId`)
  defaultChild.addPropertyOverride(`${behavior}.ForwardedValues`, { QueryString: false, Cookies: { Forward: 'none' } })
  defaultChild.addPropertyOverride(`${behavior}.MinTTL`, 0)
  defaultChild.addPropertyOverride(`${behavior}.DefaultTTL`, longestCached)
  defaultChild.addPropertyOverride(`${behavior}.MaxTTL`, longestCached)
}
