import { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { deploymentName } from '../../infra/member/member-names.ts'
import { WorkloadIdentityStack } from '../../infra/stack.ts'
import { emptyBundles, exampleApp, portalProps, stackProps } from '../support/aws/stack.ts'

/** The longest name of a deployment, in a region with one of the longest names. */
const longest = `WorkloadIdentity${'W'.repeat(8)}`
const env = { ...stackProps.env, region: 'ap-southeast-1' }

const certificateArn = `arn:aws:acm:us-east-1:${env.account}:certificate/1234abcd-12ab-34cd-56ef-1234567890ab`
const everything = {
  ...stackProps,
  ...portalProps(),
  accounts: { '222233334444': { externalId: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6' } },
  issuerHost: { domain: 'oidc.example.com', certificateArn },
  notifications: { emails: [], eventBus: 'default' },
}

const named = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
  ),
})

/** Types whose names are unique only within a role or an API. */
const inside = ['AWS::ApiGatewayV2::Authorizer', 'AWS::IAM::Policy']

/** The names that the template sets, each with the type of its resource. CloudFormation generates the other names. */
function givenNames(name: string): { readonly type: string; readonly name: string }[] {
  const stack = new WorkloadIdentityStack(exampleApp(), name, { ...everything, bundles: emptyBundles(), env })
  const { Resources } = named.parse(Template.fromStack(stack).toJSON())
  return Object.values(Resources)
    .filter(({ Type }) => !inside.includes(Type))
    .flatMap(({ Type, Properties = {} }) => namesIn(Properties).map((given) => ({ type: Type, name: given })))
}

function namesIn(properties: Record<string, unknown>): string[] {
  const configs = Object.entries(properties).flatMap(([key, value]) => (key.endsWith('Config') ? [Object(value)] : []))
  return [properties, ...configs].flatMap((each) =>
    Object.entries(each).flatMap(([key, value]) => (isName(key) && typeof value === 'string' ? [value] : [])),
  )
}

/** Names of metrics and stages are unique only within a service or an API. */
function isName(key: string): boolean {
  return /Name$/.test(key) && !['MetricName', 'StageName'].includes(key)
}

/** The longest name of each type, with the page that documents it. */
const maxLengths: Readonly<Record<string, number>> = {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  'AWS::IAM::Role': 64,
  // https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
  'AWS::StepFunctions::StateMachine': 80,
  // https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html
  'AWS::CloudFront::OriginAccessControl': 64,
  // https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateFunction.html
  'AWS::CloudFront::Function': 64,
  'AWS::CloudFront::CachePolicy': 128,
  'AWS::CloudFront::ResponseHeadersPolicy': 128,
  'AWS::ApiGatewayV2::Api': 128,
}

const names = givenNames(longest)

describe('the name of a deployment', () => {
  test('is in each name that its stack sets, so that two deployments in one account and region do not conflict', () => {
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter(({ name }) => !name.includes(longest))).toEqual([])
  })

  test('of maximum length keeps each name that the stack sets within the limit of its service', () => {
    expect([...new Set(names.map(({ type }) => type))].filter((type) => !Object.hasOwn(maxLengths, type))).toEqual([])
    expect(names.filter(({ type, name }) => name.length > (maxLengths[type] ?? 0))).toEqual([])
  })

  test.each(['WorkloadIdentity', 'WorkloadIdentity2', longest])('may be %s', (name) => {
    expect(deploymentName.safeParse(name).success).toBe(true)
  })

  test.each(['', `${longest}W`, 'WorkloadIdentity-2', 'Staging', 'workloadidentity', 'WorkloadIdentity_2'])(
    'may not be %j',
    (name) => {
      expect(deploymentName.safeParse(name).success).toBe(false)
    },
  )
})
