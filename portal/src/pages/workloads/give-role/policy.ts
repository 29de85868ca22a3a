/** Which managed policy is meant by what is typed, and whether the reader may give it, by the patterns that the API gives. */

/** As IAM has them: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns */
const policyArn = /^arn:[a-z-]+:iam::(aws|\d{12}):policy\/\S+$/

/** Whether the text is one that the pattern stands for. `*` stands for any characters. */
export function matches(pattern: string, text: string): boolean {
  const literally = (part: string) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  return new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`).test(text)
}

export function isPattern(text: string): boolean {
  return text.includes('*')
}

/** What may be given at a place. */
export interface Givable {
  /** ARNs, and patterns of them. */
  readonly patterns: readonly string[]
  /** Policies that workloads of the cluster have: the API lists no others. */
  readonly inUse: readonly string[]
  /** The ARN of the cluster's provider, in whose account the roles are; undefined where that is not known. */
  readonly providerArn: string | undefined
}

/** Policies of which somebody else's pattern is the only trace, as far as others use them already. */
export function foundBehindPatterns({ patterns, inUse }: Givable): string[] {
  const behind = patterns.filter(isPattern)
  const found = inUse.filter((arn) => !patterns.includes(arn) && behind.some((pattern) => matches(pattern, arn)))
  return [...new Set(found)].sort()
}

/** The ARN of the policy that is meant: its name is enough where a pattern leaves only that open. */
export function policyFor(typed: string, givable: Givable): string {
  const text = typed.trim()
  if (text === '' || text.startsWith('arn:')) return text
  const whole = givable.patterns.find((arn) => !isPattern(arn) && arn.endsWith(`/${text}`))
  return whole ?? givable.patterns.flatMap((pattern) => named(pattern, text, givable.providerArn) ?? []).at(0) ?? text
}

/** With the account of the cluster, and the name at the end; undefined where the pattern leaves more open. */
function named(pattern: string, name: string, providerArn: string | undefined): string | undefined {
  const account = providerArn?.split(':')[4]
  const inAccount = account === undefined ? pattern : pattern.replace(/^(arn:[a-z-]+:iam::)\*:/, `$1${account}:`)
  return /^[^*]+\*$/.test(inAccount) ? inAccount.slice(0, -1) + name : undefined
}

/** `form`: it is no ARN of a managed policy. `notGivable`: no pattern stands for it. */
export function policyFault(arn: string, { patterns }: Givable): 'form' | 'notGivable' | undefined {
  if (!policyArn.test(arn)) return 'form'
  return patterns.some((pattern) => matches(pattern, arn)) ? undefined : 'notGivable'
}
