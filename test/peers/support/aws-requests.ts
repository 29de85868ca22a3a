/**
 * Requests to AWS, each with the ARN of the resource and the values of the condition keys that AWS evaluates.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
import { account } from '../../../sandbox/account.ts'
import { type Call, form, json } from './signed-call.ts'

export interface AwsRequest {
  /** "iam:CreateRole". */
  readonly action: string
  readonly resource: string
  /** All known condition keys of the request and the resource. The evaluators choose those that the action has. */
  readonly context: Readonly<Record<string, string | string[]>>
  readonly call: Call
}

export type Tags = Readonly<Record<string, string>>

export interface RoleTarget {
  readonly path: string
  readonly name: string
  readonly tags: Tags
  /** ARN of its permissions boundary. */
  readonly boundary?: string | undefined
}

export interface ProviderTarget {
  /** The issuer without the scheme. */
  readonly host: string
  readonly tags: Tags
}

export const iamArn = (resource: string) => `arn:aws:iam::${account.id}:${resource}`
const regional = (service: string, resource: string) => `arn:aws:${service}:${account.region}:${account.id}:${resource}`

const document = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
})
export const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: iamArn('root') }, Action: 'sts:AssumeRole' }],
})

export function iamCall(action: string, parameters: Readonly<Record<string, string>>): Call {
  return form('iam', { Action: action, Version: '2010-05-08', ...parameters })
}

function members(name: string, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [`${name}.member.${index + 1}`, value]))
}

export function tagMembers(tags: Tags): Record<string, string> {
  const pairs = Object.entries(tags).map(([key, value], index) => [
    [`Tags.member.${index + 1}.Key`, key],
    [`Tags.member.${index + 1}.Value`, value],
  ])
  return Object.fromEntries(pairs.flat())
}

function requestTags(tags: Tags): AwsRequest['context'] {
  if (Object.keys(tags).length === 0) return {}
  return { ...prefixed('aws:RequestTag', tags), 'aws:TagKeys': Object.keys(tags) }
}

function resourceTags(tags: Tags): AwsRequest['context'] {
  return { ...prefixed('aws:ResourceTag', tags), ...prefixed('iam:ResourceTag', tags) }
}

function prefixed(prefix: string, tags: Tags): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]))
}

function boundaryOf(boundary: string | undefined): AwsRequest['context'] {
  return boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary }
}

export interface RequestParts {
  readonly tags: Tags
  /** The ARN of the boundary that the request sets. */
  readonly boundary?: string | undefined
  /** The ARN of the policy that the request attaches or detaches. */
  readonly policyArn: string
}

/** The request to create a new role. */
export function createRole(target: RoleTarget): AwsRequest {
  const { path, name, tags, boundary } = target
  const parameters = { RoleName: name, Path: path, AssumeRolePolicyDocument: trust, ...tagMembers(tags) }
  return {
    action: 'iam:CreateRole',
    resource: iamArn(`role${path}${name}`),
    context: { ...requestTags(tags), ...boundaryOf(boundary) },
    call: iamCall('CreateRole', { ...parameters, ...(boundary !== undefined && { PermissionsBoundary: boundary }) }),
  }
}

/** All requests of the product on an existing role, and some others. */
export function aboutRole(role: RoleTarget, { tags, boundary, policyArn }: RequestParts): AwsRequest[] {
  const request = (
    name: string,
    more: Record<string, string> = {},
    context: AwsRequest['context'] = {},
  ): AwsRequest => ({
    action: `iam:${name}`,
    resource: iamArn(`role${role.path}${role.name}`),
    context: { ...resourceTags(role.tags), ...boundaryOf(role.boundary), ...context },
    call: iamCall(name, { RoleName: role.name, ...more }),
  })
  const policy = { PolicyName: 'inline' }
  const attaching = { 'iam:PolicyARN': policyArn }
  return [
    request('GetRole'),
    request('UpdateRole', { Description: 'new' }),
    request('UpdateAssumeRolePolicy', { PolicyDocument: trust }),
    request('PutRolePolicy', { ...policy, PolicyDocument: document }),
    request('GetRolePolicy', policy),
    request('DeleteRolePolicy', policy),
    request('ListRolePolicies'),
    request('ListAttachedRolePolicies'),
    request('AttachRolePolicy', { PolicyArn: policyArn }, attaching),
    request('DetachRolePolicy', { PolicyArn: policyArn }, attaching),
    request('TagRole', tagMembers(tags), requestTags(tags)),
    request('UntagRole', members('TagKeys', Object.keys(tags)), tagKeys(tags)),
    request('DeleteRolePermissionsBoundary'),
    request('DeleteRole'),
    ...(boundary === undefined
      ? []
      : [request('PutRolePermissionsBoundary', { PermissionsBoundary: boundary }, boundaryOf(boundary))]),
  ]
}

function tagKeys(tags: Tags): AwsRequest['context'] {
  return Object.keys(tags).length === 0 ? {} : { 'aws:TagKeys': Object.keys(tags) }
}

/** The request to create a new provider. */
export function createProvider({ host, tags }: ProviderTarget): AwsRequest {
  const parameters = { Url: `https://${host}`, ...members('ClientIDList', ['sts.amazonaws.com']) }
  return {
    action: 'iam:CreateOpenIDConnectProvider',
    resource: iamArn(`oidc-provider/${host}`),
    context: requestTags(tags),
    call: iamCall('CreateOpenIDConnectProvider', { ...parameters, ...tagMembers(tags) }),
  }
}

/** All requests of the product on an existing provider, and some others. */
export function aboutProvider(provider: ProviderTarget, tags: Tags): AwsRequest[] {
  const resource = iamArn(`oidc-provider/${provider.host}`)
  const request = (
    name: string,
    more: Record<string, string> = {},
    context: AwsRequest['context'] = {},
  ): AwsRequest => ({
    action: `iam:${name}`,
    resource,
    context: { ...resourceTags(provider.tags), ...context },
    call: iamCall(name, { OpenIDConnectProviderArn: resource, ...more }),
  })
  return [
    request('GetOpenIDConnectProvider'),
    request('AddClientIDToOpenIDConnectProvider', { ClientID: 'vault' }),
    request('RemoveClientIDFromOpenIDConnectProvider', { ClientID: 'vault' }),
    request('UpdateOpenIDConnectProviderThumbprint', members('ThumbprintList', ['ab'.repeat(20)])),
    request('TagOpenIDConnectProvider', tagMembers(tags), requestTags(tags)),
    request('UntagOpenIDConnectProvider', members('TagKeys', Object.keys(tags)), tagKeys(tags)),
    request('DeleteOpenIDConnectProvider'),
  ]
}

/** Requests to the other services in the product's policies, on these resources. */
export function aboutServices(names: {
  readonly tables: readonly string[]
  readonly secrets: readonly string[]
  readonly machines: readonly string[]
  readonly functions: readonly string[]
  readonly roles: readonly string[]
  readonly topics: readonly string[]
}): AwsRequest[] {
  return [
    ...names.tables.flatMap(aboutTable),
    ...names.secrets.map((name) => {
      const resource = regional('secretsmanager', `secret:${name}`)
      return jsonRequest('secretsmanager:GetSecretValue', resource, 'secretsmanager', { SecretId: resource })
    }),
    ...names.machines.flatMap(aboutMachine),
    ...names.functions.map((name): AwsRequest => {
      const path = `/2015-03-31/functions/${name}/invocations`
      const call = { service: 'lambda', path, headers: { 'content-type': 'application/json' }, body: '{}' }
      return { action: 'lambda:InvokeFunction', resource: regional('lambda', `function:${name}`), context: {}, call }
    }),
    ...names.roles.map((name): AwsRequest => {
      const resource = iamArn(`role/${name}`)
      const parameters = { Action: 'AssumeRole', Version: '2011-06-15', RoleArn: resource, RoleSessionName: 'any' }
      return { action: 'sts:AssumeRole', resource, context: {}, call: form('sts', parameters) }
    }),
    ...names.topics.map((name): AwsRequest => {
      const resource = regional('sns', name)
      const parameters = { Action: 'Publish', Version: '2010-03-31', TopicArn: resource, Message: 'any' }
      return { action: 'sns:Publish', resource, context: {}, call: form('sns', parameters) }
    }),
  ]
}

function jsonRequest(action: string, resource: string, prefix: string, parameters: object): AwsRequest {
  const [service = '', operation = ''] = action.split(':')
  return { action, resource, context: {}, call: json(service, `${prefix}.${operation}`, parameters) }
}

function aboutTable(name: string): AwsRequest[] {
  const key = { pk: { S: 'a' }, sk: { S: 'b' } }
  const table = regional('dynamodb', `table/${name}`)
  const request = (operation: string, parameters: object, resource = table) =>
    jsonRequest(`dynamodb:${operation}`, resource, 'DynamoDB_20120810', { TableName: name, ...parameters })
  const query = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': { S: 'a' } } }
  return [
    jsonRequest('dynamodb:BatchGetItem', table, 'DynamoDB_20120810', { RequestItems: { [name]: { Keys: [key] } } }),
    request('PutItem', { Item: key }),
    request('UpdateItem', { Key: key }),
    request('DeleteItem', { Key: key }),
    request('Query', query),
    ...['by-list', 'by-cluster', 'other'].map((index) =>
      request('Query', { ...query, IndexName: index }, `${table}/index/${index}`),
    ),
    request('Scan', {}),
    request('DescribeTable', {}),
  ]
}

function aboutMachine(name: string): AwsRequest[] {
  const machine = regional('states', `stateMachine:${name}`)
  const execution = regional('states', `execution:${name}:some`)
  const request = (operation: string, resource: string, parameters: object) =>
    jsonRequest(`states:${operation}`, resource, 'AWSStepFunctions', parameters)
  return [
    request('StartExecution', machine, { stateMachineArn: machine, input: '{}' }),
    request('DescribeStateMachine', machine, { stateMachineArn: machine }),
    request('DescribeExecution', execution, { executionArn: execution }),
    request('StopExecution', execution, { executionArn: execution }),
    request('GetExecutionHistory', execution, { executionArn: execution }),
  ]
}
