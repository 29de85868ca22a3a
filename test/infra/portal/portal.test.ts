import { readdirSync } from 'node:fs'
import path from 'node:path'
import vm from 'node:vm'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { pageFunction } from '../../../infra/portal/portal-pages.ts'
import { checkedSettings } from '../../../infra/settings/settings.ts'
import { routes } from '../../../lambdas/api/routes.ts'
import { portalHeaders } from '../../../portal/headers.ts'
import { exampleApp, exampleStack, portalProps, stackProps } from '../../support/aws/stack.ts'

const props = portalProps()
const { access, portal } = props
const app = exampleApp()
const template = Template.fromStack(exampleStack(app, props))
const without = Template.fromStack(exampleStack(undefined, { access, workloadActions: ['*'] }))

/** The URL of the API, which CloudFormation fills in. */
const apiUrl = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Api'), 'ApiEndpoint'] }

test('the distribution has the tag by which the boundaries of all deployments recognize it', () => {
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    Tags: [{ Key: 'workload-identity:deployment', Value: '123456789012/eu-west-1/WorkloadIdentity' }],
  })
})

test('a deployment without the setting has no portal, and allows no origin', () => {
  without.resourceCountIs('AWS::CloudFront::Distribution', 0)
  // The only bucket stores the copies of the record.
  without.resourceCountIs('AWS::S3::Bucket', 1)
  without.hasResourceProperties('AWS::ApiGatewayV2::Api', { CorsConfiguration: Match.absent() })
})

test('only pages of the portal’s origin may call the API, with its methods and headers', () => {
  template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
    CorsConfiguration: {
      AllowOrigins: ['https://roles.example.com'],
      AllowMethods: ['POST', 'GET', 'PUT', 'DELETE'],
      AllowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match'],
      ExposeHeaders: ['location', 'retry-after'],
      AllowCredentials: Match.absent(),
    },
  })
  expect(new Set(routes.map(({ method }) => method))).toEqual(new Set(['POST', 'GET', 'PUT', 'DELETE']))
})

test('the files are in a private bucket, which only this distribution may read', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  })
  const distribution = { Ref: Match.stringLikeRegexp('^PortalDistribution') }
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 's3:GetObject',
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Condition: {
            StringEquals: {
              'AWS:SourceArn': {
                'Fn::Join': ['', Match.arrayWith([':distribution/', distribution])],
              },
            },
          },
        }),
      ]),
    },
  })
})

test('the distribution answers only under the domain, over TLS 1.2 and later, with the same headers as the sandbox', () => {
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      Aliases: ['roles.example.com'],
      ViewerCertificate: { AcmCertificateArn: portal.certificateArn, MinimumProtocolVersion: 'TLSv1.2_2021' },
      DefaultCacheBehavior: Match.objectLike({
        ViewerProtocolPolicy: 'redirect-to-https',
        AllowedMethods: ['GET', 'HEAD'],
        ResponseHeadersPolicyId: Match.anyValue(),
        FunctionAssociations: [Match.objectLike({ EventType: 'viewer-request' })],
      }),
    },
  })
  const headers = portalHeaders([])
  const override = { Override: true }
  template.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
    ResponseHeadersPolicyConfig: {
      SecurityHeadersConfig: {
        ContentTypeOptions: override,
        FrameOptions: { ...override, FrameOption: 'DENY' },
        ReferrerPolicy: { ...override, ReferrerPolicy: headers['referrer-policy'] },
        StrictTransportSecurity: { ...override, AccessControlMaxAgeSec: 31_536_000, IncludeSubdomains: true },
      },
      CustomHeadersConfig: {
        Items: (['permissions-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy'] as const).map(
          (name) => ({ ...override, Header: name, Value: headers[name] }),
        ),
      },
    },
  })
})

test('the page may connect only to its own origin, the API, the issuer, and the token endpoint of the issuer', () => {
  const [before = '', after = ''] = portalHeaders(['API', 'https://login.example.com', 'https://tokens.example.com'])[
    'content-security-policy'
  ].split('API')
  template.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
    ResponseHeadersPolicyConfig: {
      SecurityHeadersConfig: {
        ContentSecurityPolicy: {
          ContentSecurityPolicy: { 'Fn::Join': ['', [before, apiUrl, after]] },
          Override: true,
        },
      },
    },
  })
})

test('assets are copied before the page that links them; browsers cache assets, and revalidate the page each time', () => {
  const copies = Object.entries(template.findResources('Custom::CDKBucketDeployment'))
  expect(copies.map(([, { Properties }]) => [Properties.SystemMetadata, Properties.Prune])).toEqual([
    [{ 'cache-control': 'public, max-age=31536000, immutable' }, false],
    [{ 'cache-control': 'no-cache' }, false],
  ])
  const [[name = '', assets] = [], [, page] = []] = copies
  expect(page?.DependsOn).toContain(name)
  expect(filesOf(assets?.Properties)).toEqual([['assets', 'assets/app.js']])
  // CloudFormation fills in a name in config.json, which is generated for this deployment.
  expect(filesOf(page?.Properties)).toEqual([['index.html'], ['config.json']])
})

/** The files in each source of a copy. */
function filesOf(properties: { readonly SourceObjectKeys: readonly string[] }): string[][] {
  const folder = app.outdir
  return properties.SourceObjectKeys.map((key) =>
    readdirSync(path.join(folder, `asset.${path.parse(key).name}`), { recursive: true, encoding: 'utf8' }).sort(),
  )
}

test.for([
  ['/', '/index.html'],
  ['/clusters/prod', '/index.html'],
  ['/signed-in', '/index.html'],
  ['/clusters/prod/assets/app.js', '/index.html'],
  ['/config.json', '/config.json'],
  ['/assets/app.js', '/assets/app.js'],
])('%s is answered with %s', ([uri, answered]) => {
  const event = { request: { uri } }
  expect(vm.runInNewContext(`${pageFunction}; handler(event)`, { event })).toEqual({ uri: answered })
})

const { env: _, ...withoutEnv } = stackProps
const settings = { ...withoutEnv, access }

const read = (given: unknown, region = 'eu-west-1') => checkedSettings(given, { file: 'settings.yaml', region })

test.for([
  [{ issuer: 'partners' }, 'portal.issuer: is not a name in access.issuers'],
  [{ domain: undefined }, 'portal.domain: '],
  [{ clientId: '' }, 'portal.clientId: '],
  [{ origins: ['https://tokens.example.com/token'] }, 'portal.origins.0: is not an origin such as'],
] as const)('%o is refused', ([change, message]) => {
  expect(() => read({ ...settings, portal: { ...portal, ...change } })).toThrow(message)
})

test('a sign-in requests only the scope openid, unless the setting names more', () => {
  const { scope: _, origins: __, ...given } = portal
  expect(read({ ...settings, portal: given }).portal).toEqual({
    ...given,
    scope: 'openid',
    origins: [],
  })
})

test.for(['cn-north-1', 'us-gov-west-1'])('in %s a portal is refused', (region) => {
  const elsewhere = { ...settings, allowedPolicyArns: [], portal }
  expect(() => read(elsewhere, region)).toThrow('portal: is not for the partition aws-')
})
