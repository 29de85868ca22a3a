/** Which managed policy is meant by what somebody types, by the patterns that the API gives. */

/** Whether the text is one that the pattern stands for. `*` stands for any characters. */
export function matches(pattern: string, text: string): boolean {
  const literally = (part: string) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  return new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`).test(text)
}

export function isPattern(text: string): boolean {
  return text.includes('*')
}

/** What may be given at a place. */
export interface GivablePolicies {
  /** ARNs, and patterns of them. */
  readonly patterns: readonly string[]
  /** The account in which the roles of the cluster are; undefined where that is not known. */
  readonly accountId: string | undefined
}

/** The ARN of the policy that is meant: its name is enough where a pattern leaves only that open. */
export function policyFor(typed: string, givable: GivablePolicies): string {
  const text = typed.trim()
  if (text === '' || text.startsWith('arn:')) return text
  const whole = givable.patterns.find((arn) => !isPattern(arn) && arn.endsWith(`/${text}`))
  return whole ?? givable.patterns.flatMap((pattern) => named(pattern, text, givable.accountId) ?? []).at(0) ?? text
}

/** With the account of the cluster, and the name at the end; undefined where the pattern leaves more open. */
function named(pattern: string, name: string, account: string | undefined): string | undefined {
  const inAccount = account === undefined ? pattern : pattern.replace(/^(arn:[a-z-]+:iam::)\*:/, `$1${account}:`)
  return /^[^*]+\*$/.test(inAccount) ? inAccount.slice(0, -1) + name : undefined
}
