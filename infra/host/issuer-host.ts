import { CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import {
  AllowedMethods,
  CacheCookieBehavior,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  Distribution,
  type DistributionProps,
  type IOrigin,
  OriginAccessIdentity,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  SSLMethod,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { Construct } from 'constructs'
import type { IssuerHostResources } from '../resources.ts'
import type { IssuerHostSettings } from '../settings/issuer-host-settings.ts'
import { adaptToChina } from './china-distribution.ts'
import { PrivateBucket } from './private-bucket.ts'

/** Seconds for which CloudFront caches an object. The object's own Cache-Control can only shorten the time. */
const longestCached = 300

/** How the distribution reads the bucket, and how long it caches objects. */
interface Reading {
  readonly origin: IOrigin
  readonly cachePolicy?: CachePolicy
}

/**
 * The host of all hosted issuers: one private bucket behind one distribution. It has the public documents
 * CLUSTER/.well-known/openid-configuration and CLUSTER/openid/v1/jwks. The tokens of a cluster name this host for as
 * long as the cluster exists. So all resources remain when the stack is deleted, or an update removes them.
 *
 * A missing document returns 403 instead of 404, because CloudFront may not list the bucket
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html). CloudFront caches that response for 10 seconds
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html).
 */
export class IssuerHost extends Construct {
  readonly resources: IssuerHostResources
  /** All host names of the documents. The custom domain comes first, then the distribution's own name. */
  readonly hosts: readonly string[]
  /** The domain name that CloudFront assigned to the distribution. The DNS record of a custom domain points to it. */
  readonly ownName: string
  /** The custom domain, if any. An update of the distribution can remove it, so `GuardedHosts` checks it first. */
  readonly domains: readonly string[]

  constructor(scope: Construct, id: string, settings: IssuerHostSettings) {
    super(scope, id)
    const { domain, iamCertificateId } = settings
    this.domains = domain === undefined ? [] : [domain]
    const bucket = new PrivateBucket(this, 'Documents', 'retain')
    const { origin, cachePolicy } = iamCertificateId === undefined ? this.reading(bucket) : this.inChina(bucket)
    const distribution = new Distribution(this, 'Distribution', {
      comment: `Issuers of the clusters of ${Stack.of(this).stackName}`,
      defaultBehavior: {
        origin,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        // Not every client accepts a compressed document.
        compress: false,
        ...(cachePolicy && { cachePolicy }),
      },
      domainNames: [...this.domains],
      ...this.tls(settings),
    })
    if (iamCertificateId !== undefined) adaptToChina(distribution, iamCertificateId, longestCached)
    this.ownName = distribution.distributionDomainName
    // In China the distribution's own name does not work.
    this.hosts = iamCertificateId === undefined ? [...this.domains, this.ownName] : this.domains
    this.resources = { names: this.hosts, bucketName: bucket.bucketName, bucketArn: bucket.bucketArn }
    for (const each of this.node.findAll()) {
      if (each instanceof CfnResource) each.applyRemovalPolicy(RemovalPolicy.RETAIN)
    }
  }

  /**
   * The bucket policy allows reads by this distribution only:
   * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
   */
  private reading(bucket: PrivateBucket): Reading {
    const originAccessControl = new S3OriginAccessControl(this, 'Access', {
      // CloudFront names are unique per account. A stack in another region may have the same name.
      originAccessControlName: this.nameInAccount(),
    })
    return {
      origin: S3BucketOrigin.withOriginAccessControl(bucket, { originAccessControl }),
      cachePolicy: this.cachePolicy(),
    }
  }

  private cachePolicy(): CachePolicy {
    return new CachePolicy(this, 'Cache', {
      cachePolicyName: this.nameInAccount(),
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(longestCached),
      maxTtl: Duration.seconds(longestCached),
      cookieBehavior: CacheCookieBehavior.none(),
      headerBehavior: CacheHeaderBehavior.none(),
      queryStringBehavior: CacheQueryStringBehavior.none(),
    })
  }

  /** China has no origin access control: https://github.com/awslabs/aws-solutions-constructs/issues/1050 */
  private inChina(bucket: PrivateBucket): Reading {
    const originAccessIdentity = new OriginAccessIdentity(this, 'Access')
    return { origin: S3BucketOrigin.withOriginAccessIdentity(bucket, { originAccessIdentity }) }
  }

  /**
   * Without a custom domain, CloudFront ignores `minimumProtocolVersion`, and accepts TLS 1.0 and later:
   * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
   */
  private tls({ certificateArn }: IssuerHostSettings): Partial<DistributionProps> {
    if (certificateArn === undefined) return {}
    return {
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      sslSupportMethod: SSLMethod.SNI,
    }
  }

  private nameInAccount(): string {
    const { stackName, region } = Stack.of(this)
    return `${stackName}-${region}`
  }
}
