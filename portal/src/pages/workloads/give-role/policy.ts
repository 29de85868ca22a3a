/** Whether the user may attach a managed policy, according to the API's patterns. */
import { type GivablePolicies, isPattern, matches } from '../../../../../client/policy.ts'

/** IAM's format: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns */
const policyArn = /^arn:[a-z-]+:iam::(aws|\d{12}):policy\/\S+$/

/** The policies that the user may attach in a scope. */
export interface Givable extends GivablePolicies {
  /** The policies of the cluster's workloads. The API lists no other policies. */
  readonly inUse: readonly string[]
}

/** Policies in use that match a pattern with a wildcard, but are not listed by ARN. */
export function foundBehindPatterns({ patterns, inUse }: Givable): string[] {
  const behind = patterns.filter(isPattern)
  const found = inUse.filter((arn) => !patterns.includes(arn) && behind.some((pattern) => matches(pattern, arn)))
  return [...new Set(found)].sort()
}

/** Returns `form` when the text is not the ARN of a managed policy, and `notGivable` when no pattern matches it. */
export function policyFault(arn: string, { patterns }: Givable): 'form' | 'notGivable' | undefined {
  if (!policyArn.test(arn)) return 'form'
  return patterns.some((pattern) => matches(pattern, arn)) ? undefined : 'notGivable'
}
