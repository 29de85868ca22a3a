/**
 * Requests to AWS, each with what AWS evaluates for it: the resource's ARN and the values of the condition keys.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
import { account } from '../../../sandbox/account.ts'
import { type Call, form, json } from './signed-call.ts'

export interface Ask {
  /** "iam:CreateRole". */
  readonly action: string
  readonly resource: string
  /** Everything that is known about request and resource: which of it the action has is left to the evaluators. */
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
  /** Issuer without the scheme. */
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

function requestTags(tags: Tags): Ask['context'] {
  if (Object.keys(tags).length === 0) return {}
  return { ...prefixed('aws:RequestTag', tags), 'aws:TagKeys': Object.keys(tags) }
}

function resourceTags(tags: Tags): Ask['context'] {
  return { ...prefixed('aws:ResourceTag', tags), ...prefixed('iam:ResourceTag', tags) }
}

function prefixed(prefix: string, tags: Tags): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]))
}

function boundaryOf(boundary: string | undefined): Ask['context'] {
  return boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary }
}

export interface RequestParts {
  readonly tags: Tags
  /** ARN of the boundary that the request sets. */
  readonly boundary?: string | undefined
  /** ARN of the policy that the request attaches or detaches. */
  readonly policyArn: string
}

/** Requests that make a role which is not there yet. */
export function createRole(target: RoleTarget): Ask {
  const { path, name, tags, boundary } = target
  const parameters = { RoleName: name, Path: path, AssumeRolePolicyDocument: trust, ...tagMembers(tags) }
  return {
    action: 'iam:CreateRole',
    resource: iamArn(`role${path}${name}`),
    context: { ...requestTags(tags), ...boundaryOf(boundary) },
    call: iamCall('CreateRole', { ...parameters, ...(boundary !== undefined && { PermissionsBoundary: boundary }) }),
  }
}

/** Every request of the product, and some that it does not make, about a role that is there. */
export function aboutRole(role: RoleTarget, { tags, boundary, policyArn }: RequestParts): Ask[] {
  const ask = (name: string, more: Record<string, string> = {}, context: Ask['context'] = {}): Ask => ({
    action: `iam:${name}`,
    resource: iamArn(`role${role.path}${role.name}`),
    context: { ...resourceTags(role.tags), ...boundaryOf(role.boundary), ...context },
    call: iamCall(name, { RoleName: role.name, ...more }),
  })
  const policy = { PolicyName: 'inline' }
  const attaching = { 'iam:PolicyARN': policyArn }
  return [
    ask('GetRole'),
    ask('UpdateRole', { Description: 'new' }),
    ask('UpdateAssumeRolePolicy', { PolicyDocument: trust }),
    ask('PutRolePolicy', { ...policy, PolicyDocument: document }),
    ask('GetRolePolicy', policy),
    ask('DeleteRolePolicy', policy),
    ask('ListRolePolicies'),
    ask('ListAttachedRolePolicies'),
    ask('AttachRolePolicy', { PolicyArn: policyArn }, attaching),
    ask('DetachRolePolicy', { PolicyArn: policyArn }, attaching),
    ask('TagRole', tagMembers(tags), requestTags(tags)),
    ask('UntagRole', members('TagKeys', Object.keys(tags)), tagKeys(tags)),
    ask('DeleteRolePermissionsBoundary'),
    ask('DeleteRole'),
    ...(boundary === undefined
      ? []
      : [ask('PutRolePermissionsBoundary', { PermissionsBoundary: boundary }, boundaryOf(boundary))]),
  ]
}

function tagKeys(tags: Tags): Ask['context'] {
  return Object.keys(tags).length === 0 ? {} : { 'aws:TagKeys': Object.keys(tags) }
}

/** A request that makes a provider which is not there yet. */
export function createProvider({ host, tags }: ProviderTarget): Ask {
  const parameters = { Url: `https://${host}`, ...members('ClientIDList', ['sts.amazonaws.com']) }
  return {
    action: 'iam:CreateOpenIDConnectProvider',
    resource: iamArn(`oidc-provider/${host}`),
    context: requestTags(tags),
    call: iamCall('CreateOpenIDConnectProvider', { ...parameters, ...tagMembers(tags) }),
  }
}

/** Every request of the product, and some that it does not make, about a provider that is there. */
export function aboutProvider(provider: ProviderTarget, tags: Tags): Ask[] {
  const resource = iamArn(`oidc-provider/${provider.host}`)
  const ask = (name: string, more: Record<string, string> = {}, context: Ask['context'] = {}): Ask => ({
    action: `iam:${name}`,
    resource,
    context: { ...resourceTags(provider.tags), ...context },
    call: iamCall(name, { OpenIDConnectProviderArn: resource, ...more }),
  })
  return [
    ask('GetOpenIDConnectProvider'),
    ask('AddClientIDToOpenIDConnectProvider', { ClientID: 'vault' }),
    ask('RemoveClientIDFromOpenIDConnectProvider', { ClientID: 'vault' }),
    ask('UpdateOpenIDConnectProviderThumbprint', members('ThumbprintList', ['ab'.repeat(20)])),
    ask('TagOpenIDConnectProvider', tagMembers(tags), requestTags(tags)),
    ask('UntagOpenIDConnectProvider', members('TagKeys', Object.keys(tags)), tagKeys(tags)),
    ask('DeleteOpenIDConnectProvider'),
  ]
}

/** Requests to the other services that the product's policies name, about these things of a deployment and others. */
export function aboutServices(names: {
  readonly tables: readonly string[]
  readonly secrets: readonly string[]
  readonly machines: readonly string[]
  readonly functions: readonly string[]
  readonly roles: readonly string[]
  readonly topics: readonly string[]
}): Ask[] {
  return [
    ...names.tables.flatMap(aboutTable),
    ...names.secrets.map((name) => {
      const resource = regional('secretsmanager', `secret:${name}`)
      return jsonAsk('secretsmanager:GetSecretValue', resource, 'secretsmanager', { SecretId: resource })
    }),
    ...names.machines.flatMap(aboutMachine),
    ...names.functions.map((name): Ask => {
      const path = `/2015-03-31/functions/${name}/invocations`
      const call = { service: 'lambda', path, headers: { 'content-type': 'application/json' }, body: '{}' }
      return { action: 'lambda:InvokeFunction', resource: regional('lambda', `function:${name}`), context: {}, call }
    }),
    ...names.roles.map((name): Ask => {
      const resource = iamArn(`role/${name}`)
      const parameters = { Action: 'AssumeRole', Version: '2011-06-15', RoleArn: resource, RoleSessionName: 'any' }
      return { action: 'sts:AssumeRole', resource, context: {}, call: form('sts', parameters) }
    }),
    ...names.topics.map((name): Ask => {
      const resource = regional('sns', name)
      const parameters = { Action: 'Publish', Version: '2010-03-31', TopicArn: resource, Message: 'any' }
      return { action: 'sns:Publish', resource, context: {}, call: form('sns', parameters) }
    }),
  ]
}

function jsonAsk(action: string, resource: string, prefix: string, parameters: object): Ask {
  const [service = '', operation = ''] = action.split(':')
  return { action, resource, context: {}, call: json(service, `${prefix}.${operation}`, parameters) }
}

function aboutTable(name: string): Ask[] {
  const key = { pk: { S: 'a' }, sk: { S: 'b' } }
  const table = regional('dynamodb', `table/${name}`)
  const ask = (operation: string, parameters: object, resource = table) =>
    jsonAsk(`dynamodb:${operation}`, resource, 'DynamoDB_20120810', { TableName: name, ...parameters })
  const query = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': { S: 'a' } } }
  return [
    jsonAsk('dynamodb:BatchGetItem', table, 'DynamoDB_20120810', { RequestItems: { [name]: { Keys: [key] } } }),
    ask('PutItem', { Item: key }),
    ask('UpdateItem', { Key: key }),
    ask('DeleteItem', { Key: key }),
    ask('Query', query),
    ...['by-list', 'by-cluster', 'other'].map((index) =>
      ask('Query', { ...query, IndexName: index }, `${table}/index/${index}`),
    ),
    ask('Scan', {}),
    ask('DescribeTable', {}),
  ]
}

function aboutMachine(name: string): Ask[] {
  const machine = regional('states', `stateMachine:${name}`)
  const execution = regional('states', `execution:${name}:some`)
  const ask = (operation: string, resource: string, parameters: object) =>
    jsonAsk(`states:${operation}`, resource, 'AWSStepFunctions', parameters)
  return [
    ask('StartExecution', machine, { stateMachineArn: machine, input: '{}' }),
    ask('DescribeStateMachine', machine, { stateMachineArn: machine }),
    ask('DescribeExecution', execution, { executionArn: execution }),
    ask('StopExecution', execution, { executionArn: execution }),
    ask('GetExecutionHistory', execution, { executionArn: execution }),
  ]
}
