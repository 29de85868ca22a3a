/** The rights that a role needs on the customer's KMS keys. */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'

/** ARNs of the customer's keys, by what they encrypt. Where a key is omitted, a key of AWS encrypts. */
export interface KmsKeys {
  readonly secrets?: string | undefined
  readonly table?: string | undefined
  readonly topic?: string | undefined
  readonly logs?: string | undefined
}

interface KeyUse {
  readonly of: keyof KmsKeys
  /** The service that uses the key for its caller, as the prefix of its IAM actions and in `kms:ViaService`. */
  readonly service: string
  /** The action of the service for which a role needs `kmsActions`. When omitted: every action of the service. */
  readonly serviceAction?: string
  readonly kmsActions: readonly string[]
}

/**
 * The rights on the key that each service requires of its caller:
 *
 * - https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 * - https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html: the caller decrypts
 *   the table key, which the KMS key has encrypted. DynamoDB does the rest through grants
 * - https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 * - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
const keyUses: readonly KeyUse[] = [
  { of: 'secrets', service: 'secretsmanager', kmsActions: ['kms:Decrypt'] },
  { of: 'secrets', service: 'secretsmanager', serviceAction: 'PutSecretValue', kmsActions: ['kms:GenerateDataKey'] },
  { of: 'table', service: 'dynamodb', kmsActions: ['kms:Decrypt'] },
  { of: 'topic', service: 'sns', kmsActions: ['kms:Decrypt', 'kms:GenerateDataKey*'] },
  {
    of: 'logs',
    service: 'logs',
    kmsActions: ['kms:Decrypt', 'kms:Describe*', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
  },
]

/**
 * The additional statements that a role with these statements needs. They allow only the keys of the role's resources,
 * and only through the service that encrypts these resources. A service's name ends with `.amazonaws.com` in every
 * partition: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function keyRights(keys: KmsKeys, region: string, statements: readonly PolicyStatement[]): PolicyStatement[] {
  const allowed = statements.flatMap(({ actions }) => actions)
  return keyUses.flatMap(({ of, service, serviceAction = '', kmsActions }) => {
    const key = keys[of]
    if (key === undefined || !allowed.some((one) => one.startsWith(`${service}:${serviceAction}`))) return []
    const conditions = { StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } }
    return [new PolicyStatement({ actions: [...kmsActions], resources: [key], conditions })]
  })
}
