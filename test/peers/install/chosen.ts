import path from 'node:path'

export const allProjects: readonly string[] = ['kubernetes *', 'aws on *', 'google on *', 'peers', 'schemathesis']

/** The oldest Kubernetes takes as long as the newest to build and to test: `npm run test:peers -- --full` has it, too. */
export const chosenProjects: readonly string[] = [...allProjects, '!kubernetes 1.21']

/** What takes longest on real API servers, for what it shows beside the rest: only `npm run test:peers -- --full` runs it. */
export const onlyInFull: readonly string[] = [
  'test/lambdas/rights/{narrow-teardown-rights,renew-certificate-rights,change-rights}.kubernetes.test.ts',
  'test/lambdas/webhook/candidate/*.kubernetes.test.ts',
  'test/lambdas/webhook/{dry-run-webhook,renew-certificate}.kubernetes.test.ts',
  'test/peers/kubernetes/{hosted-issuer,issuer-move,kubectl-discovery,restart,rights-commands,sandbox-setups}.test.ts',
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
