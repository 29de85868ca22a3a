import { Template } from 'aws-cdk-lib/assertions'
import * as z from 'zod'
import type { WorkloadIdentityStackProps } from '../../../infra/stack.ts'
import { account } from '../../../sandbox/account.ts'
import { exampleStack, stackProps } from '../../support/aws/stack.ts'
import type { Policy } from './second-evaluator.ts'

const resource = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() })
const policy = z.object({ Version: z.literal('2012-10-17'), Statement: z.array(z.record(z.string(), z.unknown())) })
const attached = z.object({
  PolicyDocument: policy,
  Roles: z.array(z.string()),
})
const inRole = z.object({ Policies: z.array(z.object({ PolicyDocument: policy })).default([]) })

/** The ARNs of resources by type and name. */
const arnsByType: Readonly<Record<string, (name: string) => string>> = {
  'AWS::DynamoDB::Table': (name) => regional('dynamodb', `table/${name}`),
  'AWS::Lambda::Function': (name) => regional('lambda', `function:${name}`),
  'AWS::Logs::LogGroup': (name) => regional('logs', `log-group:${name}:*`),
  'AWS::SNS::Topic': (name) => regional('sns', name),
  'AWS::StepFunctions::StateMachine': (name) => regional('states', `stateMachine:${name}`),
  'AWS::IAM::ManagedPolicy': (name) => `arn:aws:iam::${account.id}:policy/${name}`,
  'AWS::IAM::Role': (name) => `arn:aws:iam::${account.id}:role/${name}`,
  'AWS::SQS::Queue': (name) => regional('sqs', name),
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name}`,
}

/** The policies of the template in the sandbox's account, with the resource names of CloudFormation. */
export interface TemplatePolicies {
  /** By the logical id of the role. */
  readonly roles: Readonly<Record<string, readonly Policy[]>>
  readonly boundary: Policy
  /** The names of the template's resources of a type. */
  names(type: string): string[]
  /** The types of the template's resources, sorted. */
  types(): string[]
}

/** @param props settings that override those of the example */
export function templatePolicies(props: Partial<WorkloadIdentityStackProps> = {}): TemplatePolicies {
  const env = { ...stackProps.env, account: account.id, region: account.region }
  const stack = exampleStack(undefined, { env, ...props })
  const json: unknown = Template.fromStack(stack).toJSON()
  const resources = z.object({ Resources: z.record(z.string(), resource) }).parse(json).Resources
  const resolve = resolver(resources)
  const roles: Record<string, Policy[]> = {}
  const add = (role: string, ...policies: readonly Policy[]) => {
    roles[role] = [...(roles[role] ?? []), ...policies]
  }
  for (const [id, { Type, Properties }] of Object.entries(resources)) {
    if (Type === 'AWS::IAM::Role') {
      const { Policies } = inRole.parse({ Policies: resolve(Properties?.Policies) })
      add(nameOf(id), ...Policies.map(({ PolicyDocument }) => PolicyDocument))
    }
    if (Type === 'AWS::IAM::Policy') {
      const { PolicyDocument, Roles } = attached.parse(resolve(Properties))
      for (const role of Roles) add(role, PolicyDocument)
    }
  }
  const [boundary] = Object.values(resources).filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy')
  return {
    roles,
    boundary: policy.parse(resolve(boundary?.Properties?.PolicyDocument)),
    types: () => [...new Set(Object.values(resources).map(({ Type }) => Type))].toSorted(),
    names: (type) => Object.keys(resources).flatMap((id) => (resources[id]?.Type === type ? [nameOf(id)] : [])),
  }
}

function regional(service: string, what: string): string {
  return `arn:aws:${service}:${account.region}:${account.id}:${what}`
}

function nameOf(logicalId: string): string {
  return `WorkloadIdentity-${logicalId}`
}

/** Evaluates the intrinsic functions of a template. Throws for an unknown function. */
function resolver(resources: Readonly<Record<string, z.output<typeof resource>>>): (value: unknown) => unknown {
  const arn = (id: string) => {
    const type = resources[id]?.Type ?? ''
    const make = arnsByType[type]
    if (!make) throw new Error(`no ARN is known for ${id} (${type})`)
    return make(named(id))
  }
  const named = (id: string) => (resources[id]?.Type === 'AWS::S3::Bucket' ? nameOf(id).toLowerCase() : nameOf(id))
  const ref = (id: string) => {
    if (id === 'AWS::Partition') return account.partition
    if (id === 'AWS::Region') return account.region
    if (id === 'AWS::AccountId') return account.id
    const type = resources[id]?.Type
    const isArn = type === 'AWS::IAM::ManagedPolicy' || type === 'AWS::SNS::Topic' || /StateMachine$/.test(type ?? '')
    return isArn ? arn(id) : named(id)
  }
  const attribute = ([id = '', name]: readonly string[]) => (name === 'Name' || name === 'Id' ? nameOf(id) : arn(id))
  const functions: Record<string, (argument: unknown) => unknown> = {
    Ref: (argument) => ref(z.string().parse(argument)),
    'Fn::GetAtt': (argument) => attribute(z.array(z.string()).parse(argument)),
    'Fn::Join': (argument) => {
      const [separator, parts] = z.tuple([z.string(), z.array(z.unknown())]).parse(argument)
      return parts.map(resolve).join(separator)
    },
  }
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve)
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value)
    const [[name, argument] = ['', undefined]] = entries
    if (entries.length === 1 && name in functions) return functions[name]?.(argument)
    return Object.fromEntries(entries.map(([key, each]) => [key, resolve(each)]))
  }
  return resolve
}
