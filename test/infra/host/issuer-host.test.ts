import { readFileSync } from 'node:fs'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import * as allow from '../../../infra/permissions/permissions.ts'
import type { Resources } from '../../../infra/resources.ts'
import type { IssuerHostSettings } from '../../../infra/settings/issuer-host-settings.ts'
import { anyResources } from '../../permissions/support/permissions.ts'
import { exampleApp, exampleStack, stackProps } from '../../support/aws/stack.ts'

const domain = 'oidc.example.com'
const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab'
const chinese: IssuerHostSettings = { domain: 'oidc.example.com.cn', iamCertificateId: 'ASCACKCEVSQ6C2EXAMPLE' }

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()) })
const { context } = cdkJson.parse(JSON.parse(readFileSync('cdk.json', 'utf8')))
const { '@aws-cdk/core:enablePartitionLiterals': literal } = context

function templateOf(issuerHost: IssuerHostSettings | undefined, region: string = stackProps.env.region): Template {
  const app = exampleApp({ '@aws-cdk/core:enablePartitionLiterals': literal })
  return Template.fromStack(exampleStack(app, { issuerHost, env: { ...stackProps.env, region } }))
}

const resource = z.looseObject({
  Type: z.string(),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
})

function resourcesOf(template: Template) {
  return z.object({ Resources: z.record(z.string(), resource) }).parse(template.toJSON()).Resources
}

const without = templateOf(undefined)
const trial = templateOf({})
const production = templateOf({ domain, certificateArn })
const inChina = templateOf(chinese, 'cn-north-1')

const bucket = { 'Fn::GetAtt': [Match.stringLikeRegexp('^IssuersDocuments'), 'Arn'] }
const objects = { 'Fn::Join': ['', [bucket, '/*']] }
const distribution = { Ref: Match.stringLikeRegexp('^IssuersDistribution') }
const ownName = { 'Fn::GetAtt': [Match.stringLikeRegexp('^IssuersDistribution'), 'DomainName'] }
/** test/infra/host/private-bucket.test.ts checks this statement. */
const notByAccessPoints = Match.objectLike({ Condition: { Null: { 's3:DataAccessPointArn': 'false' } } })
const onlyEncrypted = {
  Action: 's3:*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Resource: [bucket, objects],
}

const hosted = [
  ["CloudFront's own name", trial],
  ['a domain', production],
  ['a domain in China', inChina],
] as const

describe.each(hosted)('an issuer host with %s', (_, template) => {
  test('has one private bucket with versioning', () => {
    // The second bucket of the stack stores the copies of the record.
    template.resourceCountIs('AWS::S3::Bucket', 2)
    template.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: 'Enabled' },
    })
  })

  test('has one distribution, which answers only GET and HEAD over TLS, without compression', () => {
    template.resourceCountIs('AWS::CloudFront::Distribution', 1)
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Enabled: true,
        DefaultCacheBehavior: {
          AllowedMethods: ['GET', 'HEAD'],
          Compress: false,
          ViewerProtocolPolicy: 'https-only',
        },
        Origins: [
          Match.objectLike({
            DomainName: { 'Fn::GetAtt': [Match.stringLikeRegexp('^IssuersDocuments'), 'RegionalDomainName'] },
          }),
        ],
        CacheBehaviors: Match.absent(),
      },
    })
  })

  test('retains all its resources when the stack is deleted or no longer contains them', () => {
    const own = Object.entries(resourcesOf(template)).filter(([id]) => id.startsWith('Issuers'))
    expect(own.length).toBeGreaterThan(3)
    for (const [, { DeletionPolicy, UpdateReplacePolicy }] of own) {
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain'])
    }
  })

  test('has outputs with the names of its bucket and its distribution', () => {
    template.hasOutput('IssuerDistributionHost', { Value: ownName })
    template.hasOutput('IssuerBucketName', { Value: { Ref: Match.stringLikeRegexp('^IssuersDocuments') } })
  })
})

describe.each([hosted[0], hosted[1]])('an issuer host with %s', (_, template) => {
  test('lets only its distribution read the documents', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: Match.stringLikeRegexp('^IssuersDocuments') },
      PolicyDocument: {
        Statement: [
          onlyEncrypted,
          notByAccessPoints,
          {
            Action: 's3:GetObject',
            Condition: {
              StringEquals: {
                'AWS:SourceArn': {
                  'Fn::Join': [
                    '',
                    [
                      'arn:',
                      { Ref: 'AWS::Partition' },
                      ':cloudfront::',
                      { Ref: 'AWS::AccountId' },
                      ':distribution/',
                      distribution,
                    ],
                  ],
                },
              },
            },
            Effect: 'Allow',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Resource: objects,
          },
        ],
      },
    })
    template.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: {
        OriginAccessControlOriginType: 's3',
        SigningBehavior: 'always',
        SigningProtocol: 'sigv4',
      },
    })
  })

  test("respects the documents' cache time up to five minutes, and uses only the path as the cache key", () => {
    template.hasResourceProperties('AWS::CloudFront::CachePolicy', {
      CachePolicyConfig: {
        MinTTL: 0,
        DefaultTTL: 300,
        MaxTTL: 300,
        ParametersInCacheKeyAndForwardedToOrigin: {
          CookiesConfig: { CookieBehavior: 'none' },
          HeadersConfig: { HeaderBehavior: 'none' },
          QueryStringsConfig: { QueryStringBehavior: 'none' },
          EnableAcceptEncodingBrotli: false,
          EnableAcceptEncodingGzip: false,
        },
      },
    })
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        DefaultCacheBehavior: { CachePolicyId: { Ref: Match.stringLikeRegexp('^IssuersCache') } },
      },
    })
  })

  test('has account-wide names that contain the region', () => {
    const name = 'WorkloadIdentity-eu-west-1'
    template.hasResourceProperties('AWS::CloudFront::CachePolicy', { CachePolicyConfig: { Name: name } })
    template.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: { Name: name },
    })
  })
})

test('a domain accepts TLS 1.2 and later', () => {
  production.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      Aliases: [domain],
      ViewerCertificate: {
        AcmCertificateArn: certificateArn,
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
    },
  })
  production.hasOutput('IssuerHost', { Value: domain })
})

test("CloudFront's own name uses the default certificate", () => {
  trial.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: { Aliases: [], ViewerCertificate: Match.absent() },
  })
  trial.hasOutput('IssuerHost', { Value: ownName })
})

describe('in China', () => {
  test('the certificate is in IAM, and the distribution sets caching without a policy', () => {
    inChina.resourceCountIs('AWS::CloudFront::CachePolicy', 0)
    inChina.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Aliases: [chinese.domain],
        DefaultCacheBehavior: {
          CachePolicyId: Match.absent(),
          ForwardedValues: { QueryString: false, Cookies: { Forward: 'none' } },
          MinTTL: 0,
          DefaultTTL: 300,
          MaxTTL: 300,
        },
        ViewerCertificate: {
          IamCertificateId: chinese.iamCertificateId,
          MinimumProtocolVersion: 'TLSv1.2_2021',
          SslSupportMethod: 'sni-only',
        },
      },
    })
  })

  test('only an identity of the distribution may read the documents', () => {
    inChina.resourceCountIs('AWS::CloudFront::OriginAccessControl', 0)
    const identity = { 'Fn::GetAtt': [Match.stringLikeRegexp('^IssuersAccess'), 'S3CanonicalUserId'] }
    inChina.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [
          onlyEncrypted,
          notByAccessPoints,
          { Action: 's3:GetObject', Effect: 'Allow', Principal: { CanonicalUser: identity }, Resource: objects },
        ],
      },
    })
  })

  test('no ARN has another partition', () => {
    const arns = [...JSON.stringify(inChina.toJSON()).matchAll(/\barn:([a-z-]+):/g)].map(([, name]) => name)
    // The settings of the example contain ARNs of the partition aws.
    expect(new Set(arns.filter((name) => name !== 'aws'))).toEqual(new Set(['aws-cn']))
    const issuers = JSON.stringify(inChina.findResources('AWS::CloudFront::Distribution'))
    expect(issuers).not.toContain('arn:aws:')
  })
})

describe('the check for issuer hosts that clusters use', () => {
  const check = (template: Template, id: string) => template.findResources('Custom::IssuerHosts')[id]

  test.each([
    ['none', without, { domain: [], all: [] }],
    ["CloudFront's own name", trial, { domain: [], all: ['own'] }],
    ['a domain beside the own name', production, { domain: [domain], all: [domain, 'own'] }],
    ['in China the domain alone', inChina, { domain: [chinese.domain], all: [chinese.domain] }],
  ])('receives the hosts of the template: %s', (_, template, hosts) => {
    const shown = (host: unknown) => (typeof host === 'string' ? host : 'own')
    expect(check(template, 'KeptDomain')?.Properties.Hosts).toEqual(hosts.domain)
    expect(check(template, 'KeptHosts')?.Properties.Hosts.map(shown)).toEqual(hosts.all)
  })

  test('runs in one function, which may only list the clusters', () => {
    const guard = { 'Fn::GetAtt': [Match.stringLikeRegexp('^HostsInUse'), 'Arn'] }
    for (const template of [without, production]) {
      template.resourceCountIs('Custom::IssuerHosts', 2)
      template.allResourcesProperties('Custom::IssuerHosts', { ServiceToken: guard, ServiceTimeout: '600' })
    }
    const index = {
      'Fn::Join': ['', [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Record'), 'Arn'] }, '/index/by-list']],
    }
    without.hasResourceProperties('AWS::IAM::Role', {
      Description: 'What the function hosts-in-use may do',
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              { Action: 'dynamodb:Query', Effect: 'Allow', Resource: index },
              { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: Match.anyValue() },
              { Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], Effect: 'Allow', Resource: '*' },
            ],
          },
        },
      ],
    })
  })

  test('runs before a deletion of the stack: KeptHosts depends on all other resources', () => {
    for (const template of [without, production]) {
      const resources = resourcesOf(template)
      const others = Object.keys(resources).filter((id) => id !== 'KeptHosts')
      expect([resources.KeptHosts?.DependsOn].flat().toSorted()).toEqual(others.toSorted())
    }
  })

  test('runs before the removal of a domain: the distribution depends on KeptDomain', () => {
    const resources = resourcesOf(production)
    const [distributed] = Object.values(resources).filter(({ Type }) => Type === 'AWS::CloudFront::Distribution')
    expect(distributed?.DependsOn).toEqual(['KeptDomain'])
    expect(JSON.stringify(resources.KeptDomain)).not.toContain('Issuers')
  })
})

test('only a stack that hosts issuers has termination protection', () => {
  expect(exampleStack(exampleApp(), { issuerHost: {} }).terminationProtection).toBe(true)
  expect(exampleStack().terminationProtection).toBe(false)
})

test('without the setting the stack checks for used hosts, and has no other resource for them', () => {
  // The logical ID of a version changes with the settings of its function.
  const ids = (template: Template) =>
    Object.entries(resourcesOf(template)).flatMap(([id, { Type }]) => (Type === 'AWS::Lambda::Version' ? [] : [id]))
  const added = ids(production).filter((id) => !ids(without).includes(id))
  expect(added.every((id) => id.startsWith('Issuers'))).toBe(true)
  expect(ids(without).filter((id) => !ids(production).includes(id))).toEqual([])
  expect(JSON.stringify(without.toJSON())).not.toMatch(/cloudfront/i)
  expect(Object.keys(without.findOutputs('Issuer*'))).toEqual([])
})

describe('the right of a step on discovery documents', () => {
  const right = { actions: ['s3:PutObject'], on: 'discovery documents' } as const
  const hosting = (issuerHost: Resources['issuerHost']) => ({ ...anyResources, issuerHost })

  test('covers the two documents of each cluster in the bucket of the deployment', () => {
    const issuerHost = { names: [domain], bucketName: 'documents', bucketArn: 'arn:aws:s3:::documents' }
    expect(allow.awsRight(hosting(issuerHost), right).map((statement) => statement.toJSON())).toEqual([
      {
        Action: 's3:PutObject',
        Effect: 'Allow',
        Resource: [
          'arn:aws:s3:::documents/*/.well-known/openid-configuration',
          'arn:aws:s3:::documents/*/openid/v1/jwks',
        ],
      },
    ])
  })

  test('does not exist when the deployment hosts no issuers', () => {
    expect(allow.awsRight(hosting(undefined), right)).toEqual([])
  })
})
