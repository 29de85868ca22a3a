/**
 * The environment variables of the functions. infra/functions/functions.ts sets each one for exactly the functions that read it.
 * infra/alarms/chat-channel.ts and infra/alarms/notification-events.ts set the variables of their own functions.
 */
export const settingNames = [
  /** Name of the DynamoDB table. */
  'TABLE_NAME',
  /** Prefix of the names of all secrets that functions may read, without a trailing slash. */
  'SECRET_PREFIX',
  /** Name of the secret with the credential configuration for Google Cloud. */
  'GOOGLE_CREDENTIALS_SECRET',
  /** IAM path of the workloads' roles, with a leading and a trailing slash. */
  'ROLE_PATH',
  /** ARN of the permissions boundary of the workloads' roles. */
  'PERMISSIONS_BOUNDARY_ARN',
  /** JSON array of policy ARNs that a workload may get; `*` stands for any characters. */
  'ALLOWED_POLICY_ARNS',
  /** The deployment, as ACCOUNT/REGION/STACK. Objects are labelled with it, so that other deployments ignore them. */
  'DEPLOYMENT',
  /** JSON array of actions that inline policies may allow; `*` stands for any characters. */
  'INLINE_POLICY_ACTIONS',
  /** Unique IDs of the roles and users that grants name, comma-separated, in the order of access/named-callers.ts. */
  'CALLER_IDS',
  /** The account of the deployment: twelve digits. */
  'ACCOUNT_ID',
  /** aws, aws-cn or aws-us-gov. */
  'PARTITION',
  /** Twelve digits of each member account, separated by commas. Empty without member accounts. */
  'MEMBER_ACCOUNTS',
  /** JSON object: from a member account to the external ID of its member role. Empty without member accounts. */
  'EXTERNAL_IDS',
  /** Name of the permissions boundary in each member account, and prefix of the names of the member roles. */
  'MEMBER_NAME',
  /** ARN of the deployment's role that the function's member roles trust. */
  'MEMBER_CALLER_ARN',
  /**
   * Hosts of the deployment's discovery documents, separated by commas. The first one is for new issuers. Empty when
   * the deployment hosts no issuers.
   */
  'ISSUER_HOSTS',
  /** Name of the S3 bucket with the documents of hosted issuers. Empty when the deployment hosts no issuers. */
  'ISSUER_BUCKET',
  /** Set by Lambda itself. */
  'AWS_REGION',
  /** The folder of the function's code. Set by Lambda itself. */
  'LAMBDA_TASK_ROOT',
  /** JSON object: from the kind of an operation to the ARN of its state machine. */
  'STATE_MACHINE_ARNS',
  /** The highest number of operations that a caller of the API may have running at once. */
  'RUNNING_PER_CALLER',
  /** ARN of the SNS topic that gets a notification when an operation ends. */
  'NOTIFICATION_TOPIC_ARN',
  /** Name of the S3 bucket with copies of the record. */
  'RECORD_COPIES_BUCKET',
  /** ARN of the SNS topic whose messages a chat application shows. */
  'CHAT_TOPIC_ARN',
  /** Name of the event bus that gets the notifications. */
  'EVENT_BUS',
  /** URL of the portal, without a trailing slash. Empty without a portal. */
  'PORTAL_URL',
  /** JSON object: days for which operations are stored after their end, for `looks` and for `changes`. */
  'OPERATION_DAYS',
] as const

export type SettingName = (typeof settingNames)[number]

/** @throws {Error} when the function was deployed without the setting; the message names the setting */
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
 * The value of a setting that may be empty; undefined when it is empty.
 *
 * @throws {Error} when the function was deployed without the setting
 */
export function optionalSetting(name: SettingName): string | undefined {
  return process.env[name] === '' ? undefined : setting(name)
}

/**
 * The AWS account of a cluster's provider and roles, with the partition of the deployment.
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
