import { Duration, Stack } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnPipe } from 'aws-cdk-lib/aws-pipes'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'

export interface NotificationEventsProps {
  readonly topic: Topic
  /** Name of a bus of the account and region. */
  readonly eventBus: string
}

/**
 * Puts each notification on an event bus. SNS delivers to no bus, but to a queue, which a pipe empties. A message that the bus
 * does not take, such as when there is no such bus, stays in the queue for two weeks and is tried again.
 */
export class NotificationEvents extends Construct {
  constructor(scope: Construct, id: string, { topic, eventBus }: NotificationEventsProps) {
    super(scope, id)
    const queue = new Queue(this, 'Queue', { enforceSSL: true, retentionPeriod: Duration.days(14) })
    topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true }))
    const { partition, region, account, stackName } = Stack.of(this)
    const bus = `arn:${partition}:events:${region}:${account}:event-bus/${eventBus}`
    // Given, so that the trust policy and the workloads' boundary can name it.
    const name = `${stackName}-notifications`
    const pipe = `arn:${partition}:pipes:${region}:${account}:pipe/${name}`
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('pipes.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': pipe } },
      }),
      description: 'Puts notifications on an event bus',
    })
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html
    const empties = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage']
    role.addToPolicy(new PolicyStatement({ actions: empties, resources: [queue.queueArn] }))
    role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus] }))
    const made = new CfnPipe(this, 'Pipe', {
      name,
      roleArn: role.roleArn,
      source: queue.queueArn,
      sourceParameters: { sqsQueueParameters: { batchSize: 1 } },
      target: bus,
      targetParameters: {
        eventBridgeEventBusParameters: { source: 'workload-identity', detailType: 'Notification' },
        // The message, which is JSON: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html
        inputTemplate: '<$.body>',
      },
    })
    // CloudFormation tries the role when it makes the pipe.
    made.node.addDependency(role)
  }
}
