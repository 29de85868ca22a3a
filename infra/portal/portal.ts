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
import type { PortalSettings } from '../settings/portal-settings.ts'
import type { DataRemoval } from '../settings/removal.ts'
import { pageFunction } from './portal-pages.ts'

export interface PortalProps extends PortalSettings {
  /** The folder with the portal's files. */
  readonly files: string
  /** URL of the API, without a path. */
  readonly apiUrl: string
  /** URL of the token issuer that `issuer` names. */
  readonly issuerUrl: string
  readonly removalPolicy: DataRemoval
  readonly logDays: RetentionDays
}

/** The portal: a private bucket behind a distribution, which adds the headers of portal/headers.ts. */
export class Portal extends Construct {
  /** The domain name that CloudFront assigned to the distribution. The DNS record of the domain points to it. */
  readonly ownName: string

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
        // CloudFront caches a file as long as the file's Cache-Control allows, and a file with no-cache for one second.
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy,
        functionAssociations: [{ function: this.pages(), eventType: FunctionEventType.VIEWER_REQUEST }],
      },
    })
    this.ownName = distribution.distributionDomainName
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
   * CDK's own function copies the files in the same deployment as the API, because an extra command could be forgotten.
   * The function may read the CDK's assets, and write only to this bucket.
   */
  private deployFiles(bucket: PrivateBucket, { files, logDays, ...props }: PortalProps): void {
    const common = {
      destinationBucket: bucket,
      // Old assets remain, because an open page may still load the assets of its version.
      prune: false,
      logGroup: new LogGroup(this, 'CopyLog', { retention: logDays }),
    }
    const assets = new BucketDeployment(this, 'Assets', {
      ...common,
      sources: [Source.asset(files, { exclude: ['*', '!assets', '!assets/**'] })],
      // Asset names contain a hash of their contents.
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
    // Assets come first, so that no page refers to a missing asset.
    page.node.addDependency(assets)
  }

  /** CloudFront names are unique per account. */
  private nameInAccount(): string {
    const { stackName, region } = Stack.of(this)
    return `${stackName}-${region}-portal`
  }
}

type Addresses = Omit<PortalProps, 'files' | 'logDays' | 'removalPolicy'>

function configOf({ apiUrl, issuer, issuerUrl, clientId, scope, resource, origins }: Addresses): PortalConfig {
  return { api: `${apiUrl}/${issuer}`, signIn: { issuer: issuerUrl, clientId, scope, resource, origins } }
}

/** CloudFront has dedicated fields for most of the headers, and accepts those headers only there. */
function headersOf(
  props: PortalProps,
): Pick<ResponseHeadersPolicyProps, 'securityHeadersBehavior' | 'customHeadersBehavior'> {
  // Here the URL of the API is a placeholder of CloudFormation, which connectionsOf cannot parse.
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
