/** What a role needs of the customer's KMS keys. */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'

/** ARNs of the customer's keys, by what they encrypt. Where one is left out, a key of AWS encrypts. */
export interface KmsKeys {
  readonly secrets?: string | undefined
  readonly table?: string | undefined
  readonly topic?: string | undefined
  readonly logs?: string | undefined
}

interface KeyUse {
  readonly of: keyof KmsKeys
  /** Beginning of the actions of the service that uses the key for its caller, and of the service's name for KMS. */
  readonly service: string
  /** The one action of the service that needs the key for this. Left out: each. */
  readonly action?: string
  readonly actions: readonly string[]
}

/**
 * What each service's caller needs of the key:
 *
 * - https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 * - https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html: the caller decrypts the
 *   key of the table, and DynamoDB itself does the rest by grants
 * - https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 * - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
const keyUses: readonly KeyUse[] = [
  { of: 'secrets', service: 'secretsmanager', actions: ['kms:Decrypt'] },
  { of: 'secrets', service: 'secretsmanager', action: 'PutSecretValue', actions: ['kms:GenerateDataKey'] },
  { of: 'table', service: 'dynamodb', actions: ['kms:Decrypt'] },
  { of: 'topic', service: 'sns', actions: ['kms:Decrypt', 'kms:GenerateDataKey*'] },
  {
    of: 'logs',
    service: 'logs',
    actions: ['kms:Decrypt', 'kms:Describe*', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
  },
]

/**
 * The statements that a role with these statements needs beside them: only for the keys of what it may use, and only
 * through the service that has encrypted it. The name of a service ends with `.amazonaws.com` in every partition:
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function keyRights(keys: KmsKeys, region: string, statements: readonly PolicyStatement[]): PolicyStatement[] {
  const allowed = statements.flatMap(({ actions }) => actions)
  return keyUses.flatMap(({ of, service, action = '', actions }) => {
    const key = keys[of]
    if (key === undefined || !allowed.some((one) => one.startsWith(`${service}:${action}`))) return []
    const conditions = { StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } }
    return [new PolicyStatement({ actions: [...actions], resources: [key], conditions })]
  })
}
