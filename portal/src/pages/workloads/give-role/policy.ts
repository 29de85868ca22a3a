/** Whether the reader may give a managed policy, by the patterns that the API gives. */
import { type GivablePolicies, isPattern, matches } from '../../../../../cli/api/policy.ts'

/** As IAM has them: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns */
const policyArn = /^arn:[a-z-]+:iam::(aws|\d{12}):policy\/\S+$/

/** What may be given at a place. */
export interface Givable extends GivablePolicies {
  /** Policies that workloads of the cluster have: the API lists no others. */
  readonly inUse: readonly string[]
}

/** Policies of which somebody else's pattern is the only trace, as far as others use them already. */
export function foundBehindPatterns({ patterns, inUse }: Givable): string[] {
  const behind = patterns.filter(isPattern)
  const found = inUse.filter((arn) => !patterns.includes(arn) && behind.some((pattern) => matches(pattern, arn)))
  return [...new Set(found)].sort()
}

/** `form`: it is no ARN of a managed policy. `notGivable`: no pattern stands for it. */
export function policyFault(arn: string, { patterns }: Givable): 'form' | 'notGivable' | undefined {
  if (!policyArn.test(arn)) return 'form'
  return patterns.some((pattern) => matches(pattern, arn)) ? undefined : 'notGivable'
}
