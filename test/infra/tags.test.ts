import { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { MemberAccountStack } from '../../infra/member/member-account.ts'
import { tagSettings } from '../../infra/settings/tag-settings.ts'
import { exampleApp, exampleStack, portalProps, stackProps } from '../support/aws/stack.ts'

const tags = { 'cost-center': '1234', team: 'platform' }

/** Types without tags in CloudFormation, or with the tags of the resource that they belong to. */
const untagged = [
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
]

interface Resource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
}

/** The types of the resources of a template that lack one of the tags. */
function withoutTags(template: Template): string[] {
  const resources: Readonly<Record<string, Resource>> = template.toJSON().Resources
  return Object.values(resources)
    .filter(({ Properties = {} }) => {
      const text = JSON.stringify([Properties.Tags, Properties.HostedZoneTags])
      return !(text.includes('cost-center') && text.includes('platform'))
    })
    .map(({ Type }) => Type)
}

describe('tags', () => {
  test('are on the stack, and on each of its resources that supports tags', () => {
    const app = exampleApp()
    const stack = exampleStack(app, {
      ...portalProps(),
      issuerHost: {},
      notifications: { emails: ['platform@example.com'], eventBus: 'default' },
      tags,
    })
    const found = [...new Set(withoutTags(Template.fromStack(stack)))]
    expect(found.filter((type) => !type.startsWith('Custom::')).toSorted()).toEqual(untagged)
    expect(stack.tags.tagValues()).toEqual(tags)
  })

  test('are on the role of a member account', () => {
    const stack = new MemberAccountStack(exampleApp(), 'Member', { ...stackProps, tags, deploymentStack: 'Any' })
    expect(withoutTags(Template.fromStack(stack)).filter((type) => !untagged.includes(type))).toEqual([])
  })

  test('are empty without the setting', () => {
    expect(tagSettings.parse(undefined)).toEqual({})
  })

  test.each<[string, object, string]>([
    ['a key with the prefix of AWS', { 'AWS:team': 'a' }, 'begins with aws: or workload-identity:'],
    [
      'a key with the prefix of the product',
      { 'workload-identity:deployment': 'a' },
      'begins with aws: or workload-identity:',
    ],
    ['a key with other characters', { 'a;b': 'a' }, 'is not the key of a tag'],
    ['a key that is too long', { ['k'.repeat(129)]: 'a' }, 'is not the key of a tag'],
    ['an empty value', { team: '' }, 'is not the value of a tag'],
    ['a value that is too long', { team: 'v'.repeat(257) }, 'is not the value of a tag'],
    ['two keys that differ in case', { team: 'a', Team: 'b' }, 'differs from team only in case'],
    ['46 tags', numbered(46), 'has 46 tags: use 45 at most'],
  ])('are refused with %s', (_, given, message) => {
    expect(JSON.stringify(tagSettings.safeParse(given).error?.issues)).toContain(message)
  })

  test('may be 45 with any letters', () => {
    expect(tagSettings.safeParse(numbered(45)).success).toBe(true)
    expect(tagSettings.safeParse({ 'チーム 1': 'v'.repeat(256), ['k'.repeat(128)]: 'a_.:/=+@-' }).success).toBe(true)
  })
})

function numbered(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'a']))
}
