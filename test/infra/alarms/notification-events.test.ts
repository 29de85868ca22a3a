import { Match, Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { settingNames } from '../../../lambdas/settings.ts'
import { rightsIn } from '../../support/aws/rights-in.ts'
import { exampleStack, stackProps } from '../../support/aws/stack.ts'
import { settingMistakes } from '../support/setting-mistakes.ts'

const workloadActions = ['lambda:*']
const template = Template.fromStack(
  exampleStack(undefined, { notifications: { emails: [], eventBus: 'platform' }, workloadActions }),
)
const { region, account } = stackProps.env
const queue = { 'Fn::GetAtt': [expect.stringMatching(/^NotificationEventsQueue/), 'Arn'] }

/** An ARN whose partition CloudFormation fills in. */
const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${rest}`]] })

describe('notifications on an event bus', () => {
  test('are the messages of the topic, which a function puts there one by one', () => {
    const ofQueue = { 'Fn::GetAtt': [Match.stringLikeRegexp('^NotificationEventsQueue'), 'Arn'] }
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'sqs',
      Endpoint: ofQueue,
      RawMessageDelivery: true,
      TopicArn: { Ref: Match.stringLikeRegexp('^Notifications') },
    })
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: ofQueue,
      FunctionName: { Ref: Match.stringLikeRegexp('^NotificationEventsNotifyBus') },
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 2 },
    })
    const environment = template.findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: { EVENT_BUS: 'platform' } } },
    })
    expect(Object.keys(environment)).toEqual([expect.stringMatching(/^NotificationEventsNotifyBus/)])
    expect(settingNames).toContain('EVENT_BUS')
  })

  test('come from a function that may only use this queue and this bus, write logs and send traces', () => {
    expect(rightsIn(template).get('NotificationEventsNotifyBus')).toEqual([
      {
        Effect: 'Allow',
        Action: ['events:DescribeEventBus', 'events:PutEvents'],
        Resource: arn(`events:${region}:${account}:event-bus/platform`),
      },
      {
        Effect: 'Allow',
        Action: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        Resource: queue,
      },
      expect.objectContaining({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
      expect.objectContaining({ Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'] }),
    ])
  })

  test('stay in a queue for two weeks and are retried every three minutes, and the queue requires TLS', () => {
    template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 86_400, VisibilityTimeout: 180 })
    expect(JSON.stringify(template.findResources('AWS::SQS::QueuePolicy'))).toContain('aws:SecureTransport')
  })

  test('raise an alarm when for 15 minutes the function fails or the oldest one is older than five minutes', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp('^Notifications have not reached'),
      Threshold: 300,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: 'IF(FILL(errors, 0) > 0, 300, FILL(age, 0))' }),
        Match.objectLike({ MetricStat: { Metric: { MetricName: 'ApproximateAgeOfOldestMessage' }, Stat: 'Maximum' } }),
        Match.objectLike({ MetricStat: { Metric: { MetricName: 'Errors' }, Stat: 'Sum' } }),
      ]),
    })
  })

  test('do not exist without the setting', () => {
    const without = Template.fromStack(exampleStack(undefined, {}))
    without.resourceCountIs('AWS::Lambda::EventSourceMapping', 0)
    without.resourceCountIs('AWS::SNS::Subscription', 0)
    expect(JSON.stringify(without.findResources('AWS::CloudWatch::Alarm'))).not.toContain('NotificationsLate')
  })
})

const mistakesIn = (eventBus: unknown) => settingMistakes({ notifications: { eventBus } }, region)

test.each(['default', 'Platform.events_1-a', 'b'.repeat(256)])('%s is a valid name of an event bus', (name) => {
  expect(mistakesIn(name)).toEqual([])
})

test.each(['', 'arn:aws:events:eu-west-1:111122223333:event-bus/platform', 'a b', 'b'.repeat(257)])(
  '%j is refused as the name of an event bus',
  (name) => {
    expect(mistakesIn(name)).toEqual([
      '  notifications.eventBus: is not the name of an event bus, without its ARN: 1 to 256 letters, digits and ._-',
    ])
  },
)
