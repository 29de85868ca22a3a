import { CfnResource, type Stack } from 'aws-cdk-lib'
import * as z from 'zod'

/**
 * Longest values of what is known at deployment: the longest region, account and partition, an API's id, the parameters of
 * the member stack, and any ARN.
 */
const longest: Readonly<Record<string, number>> = {
  'AWS::AccountId': 12,
  'AWS::Partition': 'aws-us-gov'.length,
  'AWS::Region': 'ap-southeast-1'.length,
  'AWS::ApiGatewayV2::Api': 10,
  DeploymentAccount: 12,
  DeploymentRegion: 'ap-southeast-1'.length,
}
const longestArn = 160

/** Longest attributes of resources that have only short ones: unique IDs of roles and users. */
const longestAttribute: Readonly<Record<string, number>> = { 'Custom::GrantedCaller': 21 }

/** The types of a stack's resources by their logical ids. */
export type ResourceTypes = ReadonlyMap<string, string>

export function resourceTypes(stack: Stack): ResourceTypes {
  const resources = stack.node.findAll().filter((each) => each instanceof CfnResource)
  return new Map(resources.map((each) => [String(stack.resolve(each.logicalId)), each.cfnResourceType]))
}

/** A resolved value, with each intrinsic function as long as its value can be. */
export function longestForm(value: unknown, types: ResourceTypes): unknown {
  if (Array.isArray(value)) return value.map((each) => longestForm(each, types))
  if (typeof value !== 'object' || value === null) return value
  if ('Ref' in value) return 'x'.repeat(longest[types.get(String(value.Ref)) ?? String(value.Ref)] ?? longestArn)
  if ('Fn::GetAtt' in value) return 'x'.repeat(attributeLength(value['Fn::GetAtt'], types))
  if ('Fn::Join' in value) {
    const [separator, parts] = z.tuple([z.string(), z.array(z.unknown())]).parse(value['Fn::Join'])
    return parts.map((part) => String(longestForm(part, types))).join(separator)
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, longestForm(each, types)]))
}

function attributeLength(attribute: unknown, types: ResourceTypes): number {
  const [id = ''] = z.array(z.string()).parse(attribute)
  return longestAttribute[types.get(id) ?? ''] ?? longestArn
}
