import { CfnResource, RemovalPolicy, type Stack } from 'aws-cdk-lib'
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb'

/** Lets the stack be deleted, with all that a deployment leaves behind otherwise. */
export function nothingRemains(stack: Stack): void {
  stack.terminationProtection = false
  for (const each of stack.node.findAll()) {
    if (!(each instanceof CfnResource)) continue
    if (each instanceof CfnTable) each.deletionProtectionEnabled = false
    // A custom resource is nothing by itself, and that of infra/host/kept-hosts.ts refuses to go while a cluster is recorded.
    const isCustom = each.cfnResourceType.startsWith('Custom::')
    each.applyRemovalPolicy(isCustom ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY)
  }
}
