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
  /** Name of an event bus in the deployment's account and region. */
  readonly eventBus: string
}

/**
 * Seconds after which a notification is late. Longer than the function may run with the retries of a throttled call.
 */
export const late = 300

/**
 * Puts each notification on an event bus. SNS cannot deliver to a bus, so a function forwards messages from a queue. A
 * message that the bus does not accept, or whose bus is missing, stays in the queue for two weeks and is retried.
 *
 * A pipe of EventBridge would need no function, but CloudFormation has no pipes in GovCloud and some other regions.
 */
export class NotificationEvents extends Construct {
  /** Seconds for which the oldest notification has waited. It is {@link late} while the function fails. */
  readonly waiting: IMetric

  constructor(scope: Construct, id: string, props: NotificationEventsProps) {
    super(scope, id)
    const { topic, eventBus, bundles, kmsKeys, logDays } = props
    const queue = new Queue(this, 'Queue', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      // Six times the timeout of the function: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
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
        // Lambda uses these rights of the role to poll the queue: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
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
      // A message that the bus does not accept blocks no other message. Lambda slows down while calls fail.
      batchSize: 1,
      // The minimum. Notifications need no more, and an account may have a concurrency limit of ten.
      scalingConfig: { maximumConcurrency: 2 },
    })
    this.waiting = waiting(queue, notifier)
  }
}

/**
 * The function's errors count in addition to the age, because SQS ignores a message that was received three times when
 * it computes the age:
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
