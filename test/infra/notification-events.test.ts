import { Match, Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { checkedSettings } from '../../infra/settings.ts'
import { settingsIn } from '../../infra/settings-file.ts'
import { exampleStack, stackProps } from '../support/stack.ts'

const workloadActions = ['pipes:*']
const template = Template.fromStack(
  exampleStack(undefined, { notifications: { emails: [], eventBus: 'platform' }, workloadActions }),
)
const { region, account } = stackProps.env
const queue = { 'Fn::GetAtt': [Match.stringLikeRegexp('^NotificationEventsQueue'), 'Arn'] }

/** An ARN of the account, whose partition CloudFormation knows. */
const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${rest}`]] })
const bus = arn(`events:${region}:${account}:event-bus/platform`)
const pipe = `pipes:${region}:${account}:pipe/WorkloadIdentity-notifications`

describe('notifications on an event bus', () => {
  test('are the messages of the topic, one by one, as details of events', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'sqs',
      Endpoint: queue,
      RawMessageDelivery: true,
      TopicArn: { Ref: Match.stringLikeRegexp('^Notifications') },
    })
    template.hasResourceProperties('AWS::Pipes::Pipe', {
      Name: 'WorkloadIdentity-notifications',
      Source: queue,
      SourceParameters: { SqsQueueParameters: { BatchSize: 1 } },
      Target: bus,
      TargetParameters: {
        EventBridgeEventBusParameters: { Source: 'workload-identity', DetailType: 'Notification' },
        InputTemplate: '<$.body>',
      },
    })
  })

  test('are moved by a role that this pipe alone has, and that may do nothing else', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { Service: 'pipes.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': arn(pipe) } },
          },
        ],
      },
    })
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^NotificationEventsRole') }],
      PolicyDocument: {
        Statement: [
          {
            Action: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
            Effect: 'Allow',
            Resource: queue,
          },
          { Action: 'events:PutEvents', Effect: 'Allow', Resource: bus },
        ],
      },
    })
  })

  test('are kept for two weeks while the bus does not take them, over TLS alone', () => {
    template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 86_400 })
    expect(JSON.stringify(template.findResources('AWS::SQS::QueuePolicy'))).toContain('aws:SecureTransport')
  })

  test('are led elsewhere by no workload', () => {
    expect(JSON.stringify(template.findResources('AWS::IAM::ManagedPolicy'))).toContain(':pipe/WorkloadIdentity-*')
  })

  test('are none without the setting', () => {
    const without = Template.fromStack(exampleStack(undefined, {}))
    without.resourceCountIs('AWS::Pipes::Pipe', 0)
    without.resourceCountIs('AWS::SNS::Subscription', 0)
  })
})

/** The lines about this name; none when it is taken. */
function mistakesIn(eventBus: unknown): string[] {
  try {
    checkedSettings({ ...settingsIn(), notifications: { eventBus } }, { file: 'settings.yaml', region })
    return []
  } catch (error) {
    return String(error).split('\n').slice(1)
  }
}

test.each(['default', 'Platform.events_1-a', 'b'.repeat(256)])('%s names an event bus', (name) => {
  expect(mistakesIn(name)).toEqual([])
})

test.each(['', 'arn:aws:events:eu-west-1:111122223333:event-bus/platform', 'a b', 'b'.repeat(257)])(
  '%j names none',
  (name) => {
    expect(mistakesIn(name)).toEqual([
      '  notifications.eventBus: is not the name of an event bus, without its ARN: 1 to 256 letters, digits and ._-',
    ])
  },
)
