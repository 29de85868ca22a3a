import type { Deployment } from '../spec/deployment.ts'
import { type FieldPath, issueAt, quoted, type ValidationIssue } from '../spec/issue.ts'
import { policyArn } from '../spec/patterns.ts'
import { policyDocument } from '../spec/policy-document.ts'
import { forShapeIssues, shapeIssues } from '../spec/shape.ts'
import { covers } from '../spec/wildcard.ts'

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const longestInlinePolicy = 10_240

/** Every reason why a value is not the ARN of a managed policy that this deployment allows. */
export function policyArnProblems(value: string, deployment: Deployment): string[] {
  const { partition, account } = policyArn.exec(value)?.groups ?? {}
  if (partition === undefined) {
    return [
      `is not the ARN of a managed policy (what was sent is not repeated here): use arn:${deployment.partition}:iam::aws:policy/NAME or arn:${deployment.partition}:iam::${deployment.accountId}:policy/NAME`,
    ]
  }
  const problems: string[] = []
  if (partition !== deployment.partition) {
    problems.push(
      `is of partition ${partition}, and the roles are made in ${deployment.partition}: use a policy of that partition`,
    )
  }
  if (account !== 'aws' && account !== deployment.accountId) {
    problems.push(
      `is of account ${account}, and IAM attaches only policies of AWS or of the role's account, ${deployment.accountId}`,
    )
  }
  if (problems.length === 0 && !covers(deployment.allowedPolicyArns, value)) {
    problems.push(
      `${value} is not a policy that this deployment allows: use one of ${allowedList(deployment)}, or ask its operators to allow this one`,
    )
  }
  return problems
}

function allowedList({ allowedPolicyArns }: Deployment): string {
  return allowedPolicyArns.length === 0 ? '(none is allowed)' : allowedPolicyArns.join(', ')
}

const noInlinePolicies =
  'is not allowed, because this deployment has no inlinePolicyActions: use policyArns, or ask its operators to allow actions'

type JsonObject = Readonly<Record<string, unknown>>

export function inlinePolicyIssues(policy: JsonObject, path: FieldPath, deployment: Deployment): ValidationIssue[] {
  if (deployment.inlinePolicyActions.length === 0) return [issueAt(path, noInlinePolicies)]
  const parsed = policyDocument.safeParse(policy, forShapeIssues)
  const issues = parsed.success ? [] : parsed.error.issues
  return [
    ...shapeIssues(issues, policyDocument, (inner) => [...path, ...asWritten(policy, inner)]),
    ...documentProblems(policy).map((message) => issueAt(path, message)),
    ...statementsOf(policy).flatMap(([key, each]) => statementIssues(each, [...path, 'Statement', ...key], deployment)),
  ]
}

/** The path in the policy as sent, without the list indexes that the schema's oneOrMany added for single values. */
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

function documentProblems(policy: JsonObject): string[] {
  const text = JSON.stringify(policy)
  const problems: string[] = []
  const size = text.replaceAll(/\s/g, '').length
  if (size > longestInlinePolicy) {
    problems.push(`has ${size} characters, and IAM takes 10,240: shorten it, or make it a managed policy`)
  }
  if (/[^\t\n\r\u0020-\u00ff]/.test(text)) {
    problems.push('has characters beyond Latin-1, which IAM refuses: remove them')
  }
  return problems
}

function statementsOf(policy: JsonObject): [FieldPath, JsonObject][] {
  const { Statement: statements } = policy
  if (isObject(statements)) return [[[], statements]]
  if (!Array.isArray(statements)) return []
  return statements.flatMap((each: unknown, index): [FieldPath, JsonObject][] =>
    isObject(each) ? [[[index], each]] : [],
  )
}

function statementIssues(each: JsonObject, path: FieldPath, deployment: Deployment): ValidationIssue[] {
  return [
    ...exactlyOneOf(each, ['Action', 'NotAction']).map((message) => issueAt(path, message)),
    ...exactlyOneOf(each, ['Resource', 'NotResource']).map((message) => issueAt(path, message)),
    ...foreignResources(each, path, deployment),
    ...refusedActions(each, path, deployment),
  ]
}

/** The issues of the actions in an Allow statement. A Deny statement may name any action. */
function refusedActions(each: JsonObject, path: FieldPath, { inlinePolicyActions }: Deployment): ValidationIssue[] {
  const { Effect: effect, Action: actions, NotAction: others } = each
  if (effect === 'Deny' || inlinePolicyActions.includes('*')) return []
  const allowed = `this deployment allows ${inlinePolicyActions.join(', ')}`
  const issues = [actions].flat().flatMap((action: unknown, index) => {
    if (typeof action !== 'string' || coversAction(inlinePolicyActions, action)) return []
    const place = Array.isArray(actions) ? [index] : []
    return [
      issueAt([...path, 'Action', ...place], `${quoted(action)} is more than inline policies may allow: ${allowed}`),
    ]
  })
  if (others === undefined) return issues
  return [
    ...issues,
    issueAt(
      [...path, 'NotAction'],
      `allows all actions that it does not list: list the needed actions in Action; ${allowed}`,
    ),
  ]
}

/**
 * Whether one of the patterns covers everything that `action` matches. `action` may itself contain wildcards. An
 * asterisk in a pattern covers the asterisks and question marks in `action`. IAM compares actions without regard to
 * case.
 */
function coversAction(patterns: readonly string[], action: string): boolean {
  return covers(
    patterns.map((pattern) => pattern.toLowerCase()),
    action.toLowerCase(),
  )
}

function exactlyOneOf(each: JsonObject, [one, other]: readonly [string, string]): string[] {
  const count = Number(one in each) + Number(other in each)
  if (count === 1) return []
  return [
    `has ${count === 0 ? 'neither' : 'both'} ${one} ${count === 0 ? 'nor' : 'and'} ${other}: give exactly one of them`,
  ]
}

function foreignResources(each: JsonObject, path: FieldPath, { partition }: Deployment): ValidationIssue[] {
  const { Resource: resources } = each
  return [resources].flat().flatMap((arn: unknown, index) => {
    const observed = typeof arn === 'string' ? /^arn:(aws[a-z-]*):/.exec(arn)?.[1] : undefined
    if (observed === undefined || observed === partition) return []
    const place = Array.isArray(resources) ? [index] : []
    return [issueAt([...path, 'Resource', ...place], `is of partition ${observed}: use resources of ${partition}`)]
  })
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
