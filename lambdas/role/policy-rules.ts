import type { Deployment } from '../spec/deployment.ts'
import { type Fault, type FieldPath, faultAt } from '../spec/issue.ts'
import { policyArn } from '../spec/patterns.ts'
import { policyDocument } from '../spec/policy-document.ts'
import { shapeFaults } from '../spec/shape.ts'

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const longestInlinePolicy = 10_240

/** Every reason why a value is not the ARN of a managed policy that a role may get here. */
export function policyArnObjections(value: string, deployment: Deployment): string[] {
  const { partition, account } = policyArn.exec(value)?.groups ?? {}
  if (partition === undefined) {
    return [
      `is not the ARN of a managed policy (what was sent is not repeated here): use arn:${deployment.partition}:iam::aws:policy/NAME or arn:${deployment.partition}:iam::${deployment.accountId}:policy/NAME`,
    ]
  }
  const objections: string[] = []
  if (partition !== deployment.partition) {
    objections.push(
      `is of partition ${partition}, and the roles are made in ${deployment.partition}: use a policy of that partition`,
    )
  }
  if (account !== 'aws' && account !== deployment.accountId) {
    objections.push(
      `is of account ${account}, and IAM attaches only policies of AWS or of its own account, ${deployment.accountId}`,
    )
  }
  if (objections.length === 0 && !isAllowed(value, deployment.allowedPolicyArns)) {
    objections.push(
      `${value} is not a policy that this deployment allows: use one of ${allowedList(deployment)}, or ask its operators to allow this one`,
    )
  }
  return objections
}

function isAllowed(arn: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => wildcard(pattern).test(arn))
}

/** As in IAM's ArnLike, `*` stands for any number of characters, including none. */
function wildcard(pattern: string): RegExp {
  return new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`)
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

function allowedList({ allowedPolicyArns }: Deployment): string {
  return allowedPolicyArns.length === 0 ? '(none is allowed)' : allowedPolicyArns.join(', ')
}

type JsonObject = Readonly<Record<string, unknown>>

/** Every validation issue of a policy document for a role of this deployment. */
export function inlinePolicyFaults(policy: JsonObject, path: FieldPath, deployment: Deployment): Fault[] {
  const parsed = policyDocument.safeParse(policy, { reportInput: true })
  const issues = parsed.success ? [] : parsed.error.issues
  return [
    ...shapeFaults(issues, policyDocument, (inner) => [...path, ...asWritten(policy, inner)]),
    ...documentObjections(policy).map((message) => faultAt(path, message)),
    ...statementsOf(policy).flatMap(([key, each]) => statementFaults(each, [...path, 'Statement', ...key], deployment)),
  ]
}

/** The path without the list indexes that oneOrMany added around single values. */
function asWritten(policy: JsonObject, path: FieldPath): FieldPath {
  const written: PropertyKey[] = []
  let value: unknown = policy
  for (const key of path) {
    if (typeof key === 'number' && !Array.isArray(value)) continue
    written.push(key)
    value = isObject(value) || Array.isArray(value) ? Reflect.get(value, key) : undefined
  }
  return written
}

function documentObjections(policy: JsonObject): string[] {
  const text = JSON.stringify(policy)
  const objections: string[] = []
  const size = text.replaceAll(/\s/g, '').length
  if (size > longestInlinePolicy) {
    objections.push(`has ${size} characters, and IAM takes 10,240: shorten it, or make it a managed policy`)
  }
  if (/[^\t\n\r\u0020-\u00ff]/.test(text)) {
    objections.push('has characters beyond Latin-1, which IAM refuses: remove them')
  }
  return objections
}

function statementsOf(policy: JsonObject): [FieldPath, JsonObject][] {
  const { Statement: statements } = policy
  if (isObject(statements)) return [[[], statements]]
  if (!Array.isArray(statements)) return []
  return statements.flatMap((each: unknown, index): [FieldPath, JsonObject][] =>
    isObject(each) ? [[[index], each]] : [],
  )
}

function statementFaults(each: JsonObject, path: FieldPath, deployment: Deployment): Fault[] {
  return [
    ...exactlyOneOf(each, ['Action', 'NotAction']).map((message) => faultAt(path, message)),
    ...exactlyOneOf(each, ['Resource', 'NotResource']).map((message) => faultAt(path, message)),
    ...foreignResources(each, path, deployment),
  ]
}

function exactlyOneOf(each: JsonObject, [one, other]: readonly [string, string]): string[] {
  const count = Number(one in each) + Number(other in each)
  if (count === 1) return []
  return [
    `has ${count === 0 ? 'neither' : 'both'} ${one} ${count === 0 ? 'nor' : 'and'} ${other}: give exactly one of them`,
  ]
}

function foreignResources(each: JsonObject, path: FieldPath, { partition }: Deployment): Fault[] {
  const { Resource: resources } = each
  return [resources].flat().flatMap((arn: unknown, index) => {
    const found = typeof arn === 'string' ? /^arn:(aws[a-z-]*):/.exec(arn)?.[1] : undefined
    if (found === undefined || found === partition) return []
    const place = Array.isArray(resources) ? [index] : []
    return [faultAt([...path, 'Resource', ...place], `is of partition ${found}: use resources of ${partition}`)]
  })
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
