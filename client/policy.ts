/** Completes the name of a managed policy that a person typed to its ARN, with the patterns that the API returns. */

/** Whether the text matches the pattern. `*` stands for any characters. */
export function matches(pattern: string, text: string): boolean {
  const literally = (part: string) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  return new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`).test(text)
}

export function isPattern(text: string): boolean {
  return text.includes('*')
}

/** The policies that a caller may use for a workload. */
export interface GivablePolicies {
  /** ARNs, and patterns of ARNs. */
  readonly patterns: readonly string[]
  /** The account of the cluster's roles. Undefined when unknown. */
  readonly accountId: string | undefined
}

/** The ARN of a policy that a person typed. A name suffices when a pattern determines the rest of the ARN. */
export function policyFor(typed: string, givable: GivablePolicies): string {
  const text = typed.trim()
  if (text === '' || text.startsWith('arn:')) return text
  const exact = givable.patterns.find((arn) => !isPattern(arn) && arn.endsWith(`/${text}`))
  return exact ?? givable.patterns.flatMap((pattern) => named(pattern, text, givable.accountId) ?? []).at(0) ?? text
}

/** The ARN with the cluster's account and the name. Undefined when the pattern has other wildcards. */
function named(pattern: string, name: string, account: string | undefined): string | undefined {
  const inAccount = account === undefined ? pattern : pattern.replace(/^(arn:[a-z-]+:iam::)\*:/, `$1${account}:`)
  return /^[^*]+\*$/.test(inAccount) ? inAccount.slice(0, -1) + name : undefined
}
