import path from 'node:path'

/** The oldest Kubernetes takes as long as the newest to build and to test: `npm run test:peers:full` has it, too. */
export const chosenProjects: readonly string[] = [
  'kubernetes *',
  '!kubernetes 1.21',
  'aws on *',
  'google on *',
  'peers',
  'schemathesis',
]

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
