/** From the mildest to the worst. docs/on-call.md#severities has the table for people. */
export const severities = ['cosmetic', 'function', 'security'] as const

export type Severity = (typeof severities)[number]

/** The worst of these. Undefined when there is none. */
export function worstOf(all: readonly Severity[]): Severity | undefined {
  return severities.findLast((severity) => all.includes(severity))
}
