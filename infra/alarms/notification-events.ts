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
 * Seconds after which a notification is late. It is more than the visibility timeout of the queue and one call of the
 * function together, so one retry does not make a notification late.
 */
export const lateAfterSeconds = 300

/**
 * Puts each notification on an event bus. SNS cannot deliver to a bus, so a function forwards messages from a queue. A
 * message that the bus does not accept, or whose bus is missing, stays in the queue for two weeks and is retried.
 *
 * A pipe of EventBridge would need no function, but CloudFormation has no pipes in GovCloud and some other regions.
 */
export class NotificationEvents extends Construct {
  /** Seconds for which the oldest notification has waited. It is {@link lateAfterSeconds} while the function fails. */
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
      // Each call has one message, so a rejected message does not delay the others.
      batchSize: 1,
      // The minimum. Notifications need no more, and an account may have a concurrency limit of ten.
      scalingConfig: { maximumConcurrency: 2 },
    })
    this.waiting = waiting(queue, notifier)
  }
}

/**
 * The age of the oldest message, and the function's errors. When SQS computes the age, it ignores messages that were
 * received three times or more, so the errors count, too:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
function waiting(queue: Queue, notifier: LambdaFunction): IMetric {
  const usingMetrics = {
    age: queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period }),
    errors: notifier.metricErrors({ period }),
  }
  const expression = `IF(FILL(errors, 0) > 0, ${lateAfterSeconds}, FILL(age, 0))`
  return new MathExpression({ expression, usingMetrics, label: 'waiting', period })
}
