import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { Key } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { expiryAttribute, recordIndexes, recordKeys } from './recovery/table-definition.ts'

export interface RecordTableProps {
  /** ARN of the customer's key that encrypts the table. When undefined, DynamoDB's own key encrypts it. */
  readonly keyArn: string | undefined
  readonly deletionProtection: boolean
}

/**
 * The only table of the deployment. lambdas/operations/record/table.ts describes its items. The table remains when the
 * stack is deleted, unless the settings say otherwise.
 */
export class RecordTable extends Table {
  constructor(scope: Construct, id: string, { keyArn, deletionProtection }: RecordTableProps) {
    super(scope, id, {
      ...texts(recordKeys),
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: expiryAttribute,
      ...(keyArn !== undefined && { encryptionKey: Key.fromKeyArn(scope, `${id}Key`, keyArn) }),
      deletionProtection,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    for (const { indexName, ...keys } of recordIndexes) {
      this.addGlobalSecondaryIndex({ indexName, ...texts(keys), projectionType: ProjectionType.ALL })
    }
  }
}

function texts({ partitionKey, sortKey }: { readonly partitionKey: string; readonly sortKey: string }) {
  const text = (name: string) => ({ name, type: AttributeType.STRING })
  return { partitionKey: text(partitionKey), sortKey: text(sortKey) }
}
