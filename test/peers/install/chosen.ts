import path from 'node:path'

/**
 * Whether Vitest runs the project of this name.
 *
 * @param patterns as its option --project has them: `kubernetes *`, `!peers`
 */
export function isChosen(name: string, patterns: readonly string[]): boolean {
  const excluding = patterns.filter((pattern) => pattern.startsWith('!'))
  const including = patterns.filter((pattern) => !pattern.startsWith('!'))
  return (
    including.some((pattern) => path.matchesGlob(name, pattern)) &&
    !excluding.some((pattern) => path.matchesGlob(name, pattern.slice(1)))
  )
}
