import { CfnResource, RemovalPolicy, type Stack } from 'aws-cdk-lib'
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb'

/** Allows the deletion of the stack, including the resources that a deployment retains by default. */
export function nothingRemains(stack: Stack): void {
  stack.terminationProtection = false
  for (const each of stack.node.findAll()) {
    if (!(each instanceof CfnResource)) continue
    if (each instanceof CfnTable) each.deletionProtectionEnabled = false
    // A custom resource has no AWS resource, and that of infra/host/guarded-hosts.ts refuses its deletion while a cluster is recorded.
    const isCustom = each.cfnResourceType.startsWith('Custom::')
    each.applyRemovalPolicy(isCustom ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY)
  }
}
