import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { Key } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'

/** The only table. lambdas/operations/table.ts describes its items. It remains when the stack is deleted, unless the settings say otherwise. */
export class RecordTable extends Table {
  /** @param keyArn of the customer's key that encrypts the table; DynamoDB's own key when it is left out */
  constructor(scope: Construct, id: string, { keyArn }: { readonly keyArn: string | undefined }) {
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expiresAt',
      ...(keyArn !== undefined && { encryptionKey: Key.fromKeyArn(scope, `${id}Key`, keyArn) }),
      removalPolicy: RemovalPolicy.RETAIN,
    })
    this.addGlobalSecondaryIndex({
      indexName: 'by-list',
      partitionKey: { name: 'listed', type: AttributeType.STRING },
      sortKey: { name: 'listedKey', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    })
    this.addGlobalSecondaryIndex({
      indexName: 'by-cluster',
      partitionKey: { name: 'clusterOfOperation', type: AttributeType.STRING },
      sortKey: { name: 'listedKey', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    })
    this.addGlobalSecondaryIndex({
      indexName: 'by-status',
      partitionKey: { name: 'statusOfOperation', type: AttributeType.STRING },
      sortKey: { name: 'listedKey', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    })
  }
}
