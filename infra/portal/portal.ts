import { Duration, Stack } from 'aws-cdk-lib'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  ResponseHeadersPolicy,
  type ResponseHeadersPolicyProps,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  SSLMethod,
  Function as ViewerFunction,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment'
import { Construct } from 'constructs'
import type { RetentionDays } from '../../lambdas/access/configuration.ts'
import type { PortalConfig } from '../../portal/config.ts'
import { connectionsOf, portalHeaders } from '../../portal/headers.ts'
import { PrivateBucket } from '../host/private-bucket.ts'
import { type ServedBucket, servedBucket } from '../host/served-bucket.ts'
import type { PortalSettings } from '../settings/portal-settings.ts'
import type { DataRemoval } from '../settings/removal.ts'
import { pageFunction } from './portal-pages.ts'

export interface PortalProps extends PortalSettings {
  /** The folder with the portal's files. */
  readonly files: string
  /** URL of the API, without a path. */
  readonly apiUrl: string
  /** URL of the issuer of `issuer`. */
  readonly issuerUrl: string
  readonly removalPolicy: DataRemoval
  readonly logDays: RetentionDays
}

/** The portal: a private bucket behind a distribution, which says of each file what portal/headers.ts says. */
export class Portal extends Construct {
  /** The name that CloudFront gave to the distribution. The DNS record of the domain names it. */
  readonly ownName: string
  readonly served: ServedBucket

  constructor(scope: Construct, id: string, props: PortalProps) {
    super(scope, id)
    const bucket = new PrivateBucket(this, 'Files', props.removalPolicy)
    const originAccessControl = new S3OriginAccessControl(this, 'Access', {
      originAccessControlName: this.nameInAccount(),
    })
    const responseHeadersPolicy = new ResponseHeadersPolicy(this, 'Headers', {
      responseHeadersPolicyName: this.nameInAccount(),
      ...headersOf(props),
    })
    const distribution = new Distribution(this, 'Distribution', {
      comment: `Portal of ${Stack.of(this).stackName}`,
      domainNames: [props.domain],
      certificate: Certificate.fromCertificateArn(this, 'Certificate', props.certificateArn),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      sslSupportMethod: SSLMethod.SNI,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket, { originAccessControl }),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        // It keeps a file as long as the file's own Cache-Control says, and one that says no-cache for a second.
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy,
        functionAssociations: [{ function: this.pages(), eventType: FunctionEventType.VIEWER_REQUEST }],
      },
    })
    this.ownName = distribution.distributionDomainName
    this.served = servedBucket(bucket, distribution, [
      `function/${this.nameInAccount()}`,
      `origin-access-control/${originAccessControl.originAccessControlId}`,
      `response-headers-policy/${responseHeadersPolicy.responseHeadersPolicyId}`,
    ])
    this.deployFiles(bucket, props)
  }

  private pages(): ViewerFunction {
    return new ViewerFunction(this, 'Pages', {
      functionName: this.nameInAccount(),
      code: FunctionCode.fromInline(pageFunction),
      runtime: FunctionRuntime.JS_2_0,
    })
  }

  /**
   * The CDK's own function copies the files, in the deployment of the API that they are of: a command of its own could be
   * forgotten. It may read the CDK's assets, and write to this bucket alone.
   */
  private deployFiles(bucket: PrivateBucket, { files, logDays, ...props }: PortalProps): void {
    const common = {
      destinationBucket: bucket,
      // A page that is open loads the assets of its own version later.
      prune: false,
      logGroup: new LogGroup(this, 'CopyLog', { retention: logDays }),
    }
    const assets = new BucketDeployment(this, 'Assets', {
      ...common,
      sources: [Source.asset(files, { exclude: ['*', '!assets', '!assets/**'] })],
      // Their names change with what is in them.
      cacheControl: [CacheControl.fromString('public, max-age=31536000, immutable')],
    })
    const page = new BucketDeployment(this, 'Page', {
      ...common,
      sources: [
        Source.asset(files, { exclude: ['*', '!index.html'] }),
        Source.jsonData('config.json', configOf(props)),
      ],
      cacheControl: [CacheControl.noCache()],
    })
    // No page names an asset that is not there yet.
    page.node.addDependency(assets)
  }

  /** CloudFront's names are those of the account. */
  private nameInAccount(): string {
    const { stackName, region } = Stack.of(this)
    return `${stackName}-${region}-portal`
  }
}

type Addresses = Omit<PortalProps, 'files' | 'logDays' | 'removalPolicy'>

function configOf({ apiUrl, issuer, issuerUrl, clientId, scope, resource, origins }: Addresses): PortalConfig {
  return { api: `${apiUrl}/${issuer}`, signIn: { issuer: issuerUrl, clientId, scope, resource, origins } }
}

/** CloudFront has fields of their own for most of them, and takes those nowhere else. */
function headersOf(
  props: PortalProps,
): Pick<ResponseHeadersPolicyProps, 'securityHeadersBehavior' | 'customHeadersBehavior'> {
  // The URL of the API is known to CloudFormation alone, so that it is no URL yet.
  const connections = [props.apiUrl, ...connectionsOf({ ...configOf(props), api: '' })]
  const {
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': _,
    'referrer-policy': referrerPolicy,
    ...others
  } = portalHeaders(connections)
  const override = true
  return {
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy, override },
      contentTypeOptions: { override },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override },
      referrerPolicy: { referrerPolicy: referrerPolicies[referrerPolicy], override },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override },
    },
    customHeadersBehavior: {
      customHeaders: Object.entries(others).map(([header, value]) => ({ header, value, override })),
    },
  }
}

const referrerPolicies = { 'no-referrer': HeadersReferrerPolicy.NO_REFERRER } as const
