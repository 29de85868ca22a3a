import { Stack } from 'aws-cdk-lib'
import { RegionInfo } from 'aws-cdk-lib/region-info'
import type { IConstruct } from 'constructs'

/**
 * Whether the region is in China. Lambda has no X-Ray traces, no metrics of asynchronous calls, and no tags of event
 * source mappings there: https://docs.amazonaws.cn/en_us/aws/latest/userguide/lambda.html
 */
export function isInChina(scope: IConstruct): boolean {
  return RegionInfo.get(Stack.of(scope).region).partition === 'aws-cn'
}
