import { CfnResource, type Stack } from 'aws-cdk-lib'
import * as z from 'zod'

/**
 * The maximum lengths of values that are known only when the stack is deployed: regions, accounts, IDs of API Gateway
 * and CloudFront, and parameters of the member stack. Any other value counts as an ARN. AWS documents no length for the
 * IDs of distributions and origin access controls. These IDs have 14 characters now, and the limit here is 20.
 */
const longest: Readonly<Record<string, number>> = {
  'AWS::AccountId': 12,
  'AWS::Partition': 'aws-us-gov'.length,
  'AWS::Region': 'ap-southeast-1'.length,
  'AWS::ApiGatewayV2::Api': 10,
  'AWS::CloudFront::CachePolicy': 36,
  'AWS::CloudFront::Distribution': 20,
  'AWS::CloudFront::ResponseHeadersPolicy': 36,
  DeploymentAccount: 12,
  DeploymentRegion: 'ap-southeast-1'.length,
}
const longestArn = 160

/**
 * Maximum lengths of attributes that are shorter than the longest ARN. The name of a bucket has at most 63 characters:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const longestAttribute: Readonly<Record<string, number>> = {
  'AWS::CloudFront::OriginAccessControl.Id': 20,
  'AWS::S3::Bucket.Arn': 'arn:aws-us-gov:s3:::'.length + 63,
  // The unique ID of a role or user.
  'Custom::GrantedCaller.Id': 21,
}

/** Resource types of a stack by logical ID. */
export type ResourceTypes = ReadonlyMap<string, string>

export function resourceTypes(stack: Stack): ResourceTypes {
  const resources = stack.node.findAll().filter((each) => each instanceof CfnResource)
  return new Map(resources.map((each) => [String(stack.resolve(each.logicalId)), each.cfnResourceType]))
}

/** A resolved value, with each intrinsic function replaced by text of its maximum length. */
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
  const [id = '', name] = z.array(z.string()).parse(attribute)
  return longestAttribute[`${types.get(id)}.${name}`] ?? longestArn
}
