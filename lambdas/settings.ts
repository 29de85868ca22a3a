/**
 * The environment variables of the functions. infra/functions/functions.ts sets each one for exactly the functions that read it,
 * and infra/alarms/chat-channel.ts and infra/alarms/notification-events.ts those of their own.
 */
export const settingNames = [
  /** Name of the DynamoDB table. */
  'TABLE_NAME',
  /** Prefix of the names of all secrets that may be read, without a slash at its end. */
  'SECRET_PREFIX',
  /** Name of the secret with the credential configuration for Google Cloud. */
  'GOOGLE_CREDENTIALS_SECRET',
  /** IAM path of the workloads' roles, with a slash at both ends. */
  'ROLE_PATH',
  /** ARN of the managed policy that bounds the workloads' roles. */
  'PERMISSIONS_BOUNDARY_ARN',
  /** JSON array of policy ARNs that a workload may get; `*` stands for any characters. */
  'ALLOWED_POLICY_ARNS',
  /** The deployment, as ACCOUNT/REGION/STACK. Marks on objects name it, so that another deployment leaves them alone. */
  'DEPLOYMENT',
  /** JSON array of actions that inline policies may allow; `*` stands for any characters. */
  'INLINE_POLICY_ACTIONS',
  /** Unique IDs of the roles and users that grants name, separated by commas, in the order of lambdas/access/named-callers.ts. */
  'CALLER_IDS',
  /** Twelve digits. */
  'ACCOUNT_ID',
  /** aws, aws-cn or aws-us-gov. */
  'PARTITION',
  /** Twelve digits of each member account, separated by commas. Empty when there is none. */
  'MEMBER_ACCOUNTS',
  /** JSON object: from a member account to the external ID of its member role. Empty when there is no member account. */
  'EXTERNAL_IDS',
  /** Name of the boundary of the workloads' roles in each member account, and the first part of those of the member roles. */
  'MEMBER_NAME',
  /** ARN of the deployment's role that the function's member roles trust. */
  'MEMBER_CALLER_ARN',
  /**
   * Host names under which the deployment serves discovery documents, separated by commas; the one of new issuers first.
   * Empty when it hosts none.
   */
  'ISSUER_HOSTS',
  /** Name of the S3 bucket behind that host. Empty when the deployment hosts no issuers. */
  'ISSUER_BUCKET',
  /** Set by Lambda itself. */
  'AWS_REGION',
  /** The folder of the function's code. Set by Lambda itself. */
  'LAMBDA_TASK_ROOT',
  /** JSON object: from the kind of an operation to the ARN of its state machine. */
  'STATE_MACHINE_ARNS',
  /** How many operations a caller of the API may have running at once. */
  'RUNNING_PER_CALLER',
  /** ARN of the topic that learns how operations end. */
  'NOTIFICATION_TOPIC_ARN',
  /** Name of the S3 bucket with copies of the record. */
  'RECORD_COPIES_BUCKET',
  /** ARN of the topic whose messages a chat application shows. */
  'CHAT_TOPIC_ARN',
  /** Name of the event bus that gets the notifications. */
  'EVENT_BUS',
  /** URL of the portal, without a slash at its end. Empty without a portal. */
  'PORTAL_URL',
  /** JSON object: days for which operations are kept after their end, of `looks` and of `changes`. */
  'OPERATION_DAYS',
] as const

export type SettingName = (typeof settingNames)[number]

/**
 * The value of a setting.
 *
 * @throws {Error} when the function was deployed without the setting; the message names the setting
 */
export function setting(name: SettingName): string {
  const value = process.env[name]
  if (value === undefined || value === '') {
    throw new Error(
      `The environment variable ${name} is not set: add it to the function in infra/functions/functions.ts`,
    )
  }
  return value
}

/**
 * The value of a setting that a deployment may leave empty; undefined when it is.
 *
 * @throws {Error} when the function was deployed without the setting
 */
export function optionalSetting(name: SettingName): string | undefined {
  return process.env[name] === '' ? undefined : setting(name)
}

/**
 * The AWS account that the provider and the roles of a cluster are in, with the partition of the deployment.
 *
 * @param awsAccountId of the cluster; undefined for the account of the deployment
 * @throws {Error} when the function was deployed without one of the two settings
 */
export function accountOf(awsAccountId: string | undefined): {
  readonly partition: string
  readonly accountId: string
} {
  return { partition: setting('PARTITION'), accountId: awsAccountId ?? setting('ACCOUNT_ID') }
}
