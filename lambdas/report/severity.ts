/** In ascending order. docs/on-call.md#severities explains them. */
export const severities = ['cosmetic', 'function', 'security'] as const

export type Severity = (typeof severities)[number]

/** The worst of these severities; undefined for an empty list. */
export function worstOf(all: readonly Severity[]): Severity | undefined {
  return severities.findLast((severity) => all.includes(severity))
}
