import { Duration, Stack } from 'aws-cdk-lib'
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { CfnEventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { notifyBus } from '../functions/functions.ts'
import { NodeFunction, type NodeFunctionProps } from '../functions/node-function.ts'
import { period } from './metrics.ts'

export interface NotificationEventsProps extends Pick<NodeFunctionProps, 'bundles' | 'kmsKeys' | 'logDays'> {
  readonly topic: Topic
  /** Name of a bus of the account and region. */
  readonly eventBus: string
}

/** Seconds. Longer than the function may run, with the retries of a call that is throttled. */
export const late = 300

/**
 * Puts each notification on an event bus. SNS delivers to no bus, but to a queue, which a function empties. A message that the
 * bus does not take, such as when there is no such bus, stays in the queue for two weeks and is tried again.
 *
 * A pipe of EventBridge would need no function. CloudFormation has none in GovCloud and some other regions.
 */
export class NotificationEvents extends Construct {
  /** Seconds for which the oldest notification has waited; {@link late} as long as the function fails. */
  readonly waiting: IMetric

  constructor(scope: Construct, id: string, props: NotificationEventsProps) {
    super(scope, id)
    const { topic, eventBus, bundles, kmsKeys, logDays } = props
    const queue = new Queue(this, 'Queue', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      // Six times that of the function: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(6 * notifyBus.timeoutSeconds),
    })
    topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true }))
    const { partition, region, account } = Stack.of(this)
    const bus = `arn:${partition}:events:${region}:${account}:event-bus/${eventBus}`
    const notifier = new NodeFunction(this, 'NotifyBus', {
      ...notifyBus,
      bundles,
      environment: { EVENT_BUS: eventBus },
      permissions: [
        new PolicyStatement({ actions: ['events:DescribeEventBus', 'events:PutEvents'], resources: [bus] }),
        // What Lambda does by the role: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        new PolicyStatement({
          actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
          resources: [queue.queueArn],
        }),
      ],
      kmsKeys,
      logDays,
    })
    new CfnEventSourceMapping(this, 'Mapping', {
      eventSourceArn: queue.queueArn,
      functionName: notifier.functionName,
      // A message that the bus does not take keeps no other one back, and Lambda slows down while calls fail.
      batchSize: 1,
      // The least. Notifications need no more, and an account may have a concurrency of ten.
      scalingConfig: { maximumConcurrency: 2 },
    })
    this.waiting = waiting(queue, notifier)
  }
}

/**
 * Errors count besides the age: a message that was received three times no longer has one.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
function waiting(queue: Queue, notifier: LambdaFunction): IMetric {
  const usingMetrics = {
    age: queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period }),
    errors: notifier.metricErrors({ period }),
  }
  const expression = `IF(FILL(errors, 0) > 0, ${late}, FILL(age, 0))`
  return new MathExpression({ expression, usingMetrics, label: 'waiting', period })
}
