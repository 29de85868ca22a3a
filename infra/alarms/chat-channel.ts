import { NestedStack, Stack } from 'aws-cdk-lib'
import { LoggingLevel, SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot'
import { ManagedPolicy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { RetentionDays } from '../../lambdas/access/configuration.ts'
import { notifyChat } from '../functions/functions.ts'
import { NodeFunction } from '../functions/node-function.ts'
import type { KmsKeys } from '../permissions/kms-keys.ts'

export interface ChatChannelProps {
  /** The topic of notifications. */
  readonly topic: Topic
  readonly slack: SlackChannel
  /** Without a slash at its end. Left out without a portal. */
  readonly portalUrl: string | undefined
  /** The directory to which infra/functions/bundle.ts wrote the bundles. */
  readonly bundles: string
  readonly kmsKeys: KmsKeys
  readonly logDays: RetentionDays
}

export interface SlackChannel {
  readonly workspaceId: string
  readonly channelId: string
}

/**
 * "Notification permissions": https://docs.aws.amazon.com/chatbot/latest/adminguide/chatbot-iam-policies.html. The application
 * uses them by itself for the graph of an alarm: without them CloudTrail has a refused call for each alarm.
 */
const graphActions = ['cloudwatch:Describe*', 'cloudwatch:Get*', 'cloudwatch:List*']

/**
 * Shows notifications in a channel of Slack, by Amazon Q Developer in chat applications. That shows CloudWatch's alarms as they
 * are. Of other messages it shows only those in its own format, so a function rewrites them, for a second topic.
 *
 * A nested stack: the one around it has nearly the 500 resources that CloudFormation takes.
 */
export class ChatChannel extends NestedStack {
  readonly function: NodeFunction

  constructor(scope: Construct, id: string, props: ChatChannelProps) {
    super(scope, id, { description: 'Shows notifications in a channel of Slack' })
    const { topic, slack, kmsKeys } = props
    const key = kmsKeys.topic !== undefined && { masterKey: Key.fromKeyArn(this, 'Key', kmsKeys.topic) }
    const chatTopic = new Topic(this, 'ChatTopic', { enforceSSL: true, ...key })
    this.function = new NodeFunction(this, 'NotifyChat', {
      ...notifyChat,
      bundles: props.bundles,
      environment: { CHAT_TOPIC_ARN: chatTopic.topicArn, PORTAL_URL: props.portalUrl ?? '' },
      permissions: [new PolicyStatement({ actions: ['sns:Publish'], resources: [chatTopic.topicArn] })],
      kmsKeys,
      logDays: props.logDays,
    })
    // Not by the topic's own method, by which the topic would depend on this stack.
    this.function.addPermission('CalledByTopic', {
      principal: new ServicePrincipal('sns.amazonaws.com'),
      sourceArn: topic.topicArn,
    })
    new Subscription(this, 'Subscription', {
      topic,
      protocol: SubscriptionProtocol.LAMBDA,
      endpoint: this.function.functionArn,
    })
    const { stackName, region } = Stack.of(scope)
    new SlackChannelConfiguration(this, 'Slack', {
      // Unique in the account. Another workspace is another configuration, which is made before the old one is deleted.
      slackChannelConfigurationName: `${stackName}-${region}-${slack.workspaceId}`,
      slackWorkspaceId: slack.workspaceId,
      slackChannelId: slack.channelId,
      notificationTopics: [topic, chatTopic],
      loggingLevel: LoggingLevel.NONE,
      role: this.channelRole(),
      // AdministratorAccess when it is left out.
      guardrailPolicies: [ManagedPolicy.fromAwsManagedPolicyName('CloudWatchReadOnlyAccess')],
    })
  }

  /** What the application, and members of the channel by its commands, may do. */
  private channelRole(): Role {
    const statements = [new PolicyStatement({ actions: graphActions, resources: ['*'] })]
    return new Role(this, 'ChannelRole', {
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
      description: 'What a channel of Slack may read',
      inlinePolicies: { Graphs: new PolicyDocument({ statements }) },
    })
  }
}
