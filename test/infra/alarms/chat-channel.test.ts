import type { NestedStack, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { ChatChannel } from '../../../infra/alarms/chat-channel.ts'
import { settingNames } from '../../../lambdas/settings.ts'
import { rightsIn } from '../../support/aws/rights-in.ts'
import { exampleStack, portalProps, stackProps } from '../../support/aws/stack.ts'
import { settingMistakes } from '../support/setting-mistakes.ts'

const slack = { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' }
const key = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const stack = exampleStack(undefined, {
  ...portalProps(),
  notifications: { emails: [], slack },
  kmsKeys: { topic: key, logs: key },
})
const around = Template.fromStack(stack)
const chat = Template.fromStack(nestedIn(stack))
const parameterOf = (of: string) => ({ Ref: Match.stringLikeRegexp(`^referenceto.*${of}`) })
const chatTopic = { Ref: Match.stringLikeRegexp('^ChatTopic') }
const fromTopic = parameterOf('Notifications')
const notifyChat = { 'Fn::GetAtt': [Match.stringLikeRegexp('^NotifyChat'), 'Arn'] }

function nestedIn(parent: Stack): NestedStack {
  const found = parent.node.findAll().find((each) => each instanceof ChatChannel)
  if (!found) throw new Error('the stack has no nested stack for the channel')
  return found
}

describe('a Slack channel', () => {
  test('shows alarms from the topic of all notifications, and other messages from a separate topic', () => {
    chat.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
      ConfigurationName: 'WorkloadIdentity-eu-west-1-T0123ABCD',
      SlackWorkspaceId: slack.workspaceId,
      SlackChannelId: slack.channelId,
      SnsTopicArns: [fromTopic, chatTopic],
    })
    chat.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'lambda',
      TopicArn: fromTopic,
      Endpoint: notifyChat,
    })
    chat.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: notifyChat,
      Principal: 'sns.amazonaws.com',
      SourceArn: fromTopic,
    })
  })

  test('has a function that may only publish to the separate topic, use the KMS keys, write logs and send traces', () => {
    chat.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          CHAT_TOPIC_ARN: chatTopic,
          PORTAL_URL: 'https://roles.example.com',
          POWERTOOLS_SERVICE_NAME: 'WorkloadIdentity',
        },
      },
    })
    const rights = rightsIn(chat)
    const log = ['logs:CreateLogStream', 'logs:PutLogEvents']
    expect(rights.get('NotifyChat')).toMatchObject([
      { Action: ['sns:Publish'], Resource: { Ref: expect.stringMatching(/^ChatTopic/) } },
      { Action: log },
      { Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'] },
      { Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: key },
      { Action: expect.arrayContaining(['kms:Decrypt', 'kms:Encrypt']), Resource: key },
    ])
    chat.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: key })
    chat.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: key, RetentionInDays: 30 })
  })

  test('lets its members only read metrics and alarms, which the graph of an alarm needs', () => {
    chat.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'chatbot.amazonaws.com' } }] },
      ManagedPolicyArns: Match.absent(),
    })
    chat.resourceCountIs('AWS::IAM::Policy', 0)
    expect(rightsIn(chat).get('Channel')).toMatchObject([
      { Effect: 'Allow', Action: ['cloudwatch:Describe*', 'cloudwatch:Get*', 'cloudwatch:List*'], Resource: '*' },
    ])
    const [channel] = Object.values(chat.findResources('AWS::Chatbot::SlackChannelConfiguration'))
    expect(channel?.Properties.GuardrailPolicies).toHaveLength(1)
    expect(JSON.stringify(channel?.Properties.GuardrailPolicies)).toContain(':policy/CloudWatchReadOnlyAccess')
  })

  test('sets only environment variables that the functions know', () => {
    const names = Object.values(chat.findResources('AWS::Lambda::Function')).flatMap(({ Properties }) =>
      Object.keys(Properties.Environment.Variables),
    )
    expect(names.filter((name) => !/^(NODE_OPTIONS|POWERTOOLS_SERVICE_NAME)$/.test(name)).toSorted()).toEqual(
      settingNames.filter((name) => /^(CHAT_TOPIC_ARN|PORTAL_URL)$/.test(name)),
    )
  })

  test('is one nested stack, and the parent stack has an alarm on messages that its function drops', () => {
    around.resourceCountIs('AWS::CloudFormation::Stack', 1)
    const dropped = Object.values(around.findResources('AWS::CloudWatch::Alarm')).flatMap(({ Properties }) =>
      (Properties.Metrics ?? []).filter((one: object) => JSON.stringify(one).includes('AsyncEventsDropped')),
    )
    expect(JSON.stringify(dropped)).toMatch(/Outputs\.\w*NotifyChat/)
  })

  test('does not exist without the setting', () => {
    Template.fromStack(exampleStack()).resourceCountIs('AWS::CloudFormation::Stack', 0)
  })
})

const mistakesIn = (given: object, region: string) => settingMistakes({ notifications: { slack: given } }, region)

test('a channel needs the ID of the workspace and the ID of the channel', () => {
  const { region } = stackProps.env
  expect(mistakesIn(slack, region)).toEqual([])
  for (const channelId of ['#alerts', 'alerts', 'c0123abcd', 'D0123ABCD']) {
    expect(mistakesIn({ ...slack, channelId }, region)).toEqual([
      '  notifications.slack.channelId: is not the ID of a channel such as C0123ABCD',
    ])
  }
  expect(mistakesIn({ ...slack, workspaceId: 'example.slack.com' }, region)).toEqual([
    '  notifications.slack.workspaceId: is not the ID of a workspace such as T0123ABCD',
  ])
})

test('a channel is refused in a partition without Amazon Q Developer in chat applications', () => {
  expect(mistakesIn(slack, 'cn-north-1').join()).toContain(
    'notifications.slack: is not for the partition aws-cn, which does not have Amazon Q Developer in chat applications',
  )
})
