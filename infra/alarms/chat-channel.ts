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
  readonly topic: Topic
  readonly slack: SlackChannel
  /** The URL of the portal, without a trailing slash. Undefined without a portal. */
  readonly portalUrl: string | undefined
  readonly bundles: string
  readonly kmsKeys: KmsKeys
  readonly logDays: RetentionDays
}

export interface SlackChannel {
  readonly workspaceId: string
  readonly channelId: string
}

/**
 * The actions that Amazon Q Developer calls for the graph of an alarm. Without these rights, CloudTrail records one
 * denied call per alarm. "Notification permissions":
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/chatbot-iam-policies.html.
 */
const graphActions = ['cloudwatch:Describe*', 'cloudwatch:Get*', 'cloudwatch:List*']

/**
 * Shows notifications in a Slack channel, through Amazon Q Developer in chat applications. Amazon Q shows messages of
 * CloudWatch alarms. It shows other messages only if they are in its own format. So a function converts the other
 * messages, and publishes them to a second topic.
 *
 * This is a nested stack, because the parent stack is close to CloudFormation's limit of 500 resources.
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
    // `topic.addSubscription` is not used: it would make the topic depend on this stack.
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
      // The name must be unique in the account. It has the workspace's ID, because CloudFormation creates the
      // configuration of a new workspace before it deletes the old one.
      slackChannelConfigurationName: `${stackName}-${region}-${slack.workspaceId}`,
      slackWorkspaceId: slack.workspaceId,
      slackChannelId: slack.channelId,
      notificationTopics: [topic, chatTopic],
      loggingLevel: LoggingLevel.NONE,
      role: this.channelRole(),
      // The default is AdministratorAccess.
      guardrailPolicies: [ManagedPolicy.fromAwsManagedPolicyName('CloudWatchReadOnlyAccess')],
    })
  }

  /** The rights of the application, and of channel members who send it commands. */
  private channelRole(): Role {
    const statements = [new PolicyStatement({ actions: graphActions, resources: ['*'] })]
    return new Role(this, 'ChannelRole', {
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
      description: 'What a channel of Slack may read',
      inlinePolicies: { Graphs: new PolicyDocument({ statements }) },
    })
  }
}
