import { NestedStack, Stack } from 'aws-cdk-lib'
import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot'
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { RetentionDays } from '../lambdas/access/configuration.ts'
import { tellChat } from './functions.ts'
import type { KmsKeys } from './kms-keys.ts'
import { NodeFunction } from './node-function.ts'

export interface ChatChannelProps {
  /** The topic of notifications. */
  readonly topic: Topic
  readonly slack: SlackChannel
  /** Without a slash at its end. Left out without a portal. */
  readonly portalUrl: string | undefined
  /** The directory to which infra/bundle.ts wrote the bundles. */
  readonly bundles: string
  readonly kmsKeys: KmsKeys
  readonly logDays: RetentionDays
}

export interface SlackChannel {
  readonly workspaceId: string
  readonly channelId: string
}

/**
 * Shows notifications in a channel of Slack, by Amazon Q Developer in chat applications. It shows alarms as CloudWatch writes
 * them, and else only what is in its own form: a function writes that, to a topic beside the one of all notifications.
 *
 * A stack of its own, since the one around it has as many resources as CloudFormation takes.
 */
export class ChatChannel extends NestedStack {
  readonly function: NodeFunction

  constructor(scope: Construct, id: string, props: ChatChannelProps) {
    super(scope, id, { description: 'Shows notifications in a channel of Slack' })
    const { topic, slack, kmsKeys } = props
    const key = kmsKeys.topic !== undefined && { masterKey: Key.fromKeyArn(this, 'Key', kmsKeys.topic) }
    const shown = new Topic(this, 'Shown', { enforceSSL: true, ...key })
    this.function = new NodeFunction(this, 'TellChat', {
      ...tellChat,
      bundles: props.bundles,
      environment: { CHAT_TOPIC_ARN: shown.topicArn, PORTAL_URL: props.portalUrl ?? '' },
      permissions: [new PolicyStatement({ actions: ['sns:Publish'], resources: [shown.topicArn] })],
      kmsKeys,
      logDays: props.logDays,
    })
    // Not by the topic's own method, by which the topic would depend on this stack.
    this.function.addPermission('Told', {
      principal: new ServicePrincipal('sns.amazonaws.com'),
      sourceArn: topic.topicArn,
    })
    new Subscription(this, 'Subscription', {
      topic,
      protocol: SubscriptionProtocol.LAMBDA,
      endpoint: this.function.functionArn,
    })
    new SlackChannelConfiguration(this, 'Slack', {
      // Unique in an account, which may have a deployment in each region.
      slackChannelConfigurationName: `${Stack.of(scope).stackName}-${Stack.of(scope).region}`,
      slackWorkspaceId: slack.workspaceId,
      slackChannelId: slack.channelId,
      notificationTopics: [topic, shown],
      // Without rights: members of the channel call nothing. The default guardrail is AdministratorAccess.
      role: new Role(this, 'ChannelRole', {
        assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
        description: 'Members of the channel call nothing at AWS',
      }),
      guardrailPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AWSDenyAll')],
    })
  }
}
