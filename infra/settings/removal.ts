/** The setting `removalPolicy`: what happens to data when the stack is deleted. */
import { RemovalPolicy, type Stack } from 'aws-cdk-lib'
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb'
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs'

export type DataRemoval = 'retain' | 'destroy'

/**
 * Deletes the table and the logs with the stack. The policy for resources that an update replaces does not change. For
 * buckets, see private-bucket.ts.
 */
export function destroyWithStack(stack: Stack): void {
  for (const each of stack.node.findAll()) {
    if (!(each instanceof CfnTable || each instanceof CfnLogGroup)) continue
    each.applyRemovalPolicy(RemovalPolicy.DESTROY, { applyToUpdateReplacePolicy: false })
  }
}
