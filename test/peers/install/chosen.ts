import path from 'node:path'

export const allProjects: readonly string[] = ['kubernetes *', 'aws on *', 'google on *', 'peers', 'schemathesis']

/** Without the oldest Kubernetes, which takes as long as the newest: only `npm run test:peers -- --full` runs it. */
export const chosenProjects: readonly string[] = [...allProjects, '!kubernetes 1.21']

/** Tests that take long on real API servers and show little in addition: only `npm run test:peers -- --full` runs them. */
export const onlyInFull: readonly string[] = [
  'test/lambdas/rights/{narrow-teardown-rights,renew-certificate-rights,change-rights}.kubernetes.test.ts',
  'test/lambdas/webhook/candidate/*.kubernetes.test.ts',
  'test/lambdas/webhook/{dry-run-webhook,renew-certificate}.kubernetes.test.ts',
  'test/peers/moto-server-steps.test.ts',
  'test/peers/kubernetes/{declared-spec,hosted-issuer,issuer-move,kubectl-discovery,restart,rights-commands,sandbox-setups}.test.ts',
]

/**
 * Whether Vitest runs the project of this name.
 *
 * @param patterns in the format of Vitest's option --project: `kubernetes *`, `!peers`
 */
export function isChosen(name: string, patterns: readonly string[]): boolean {
  const excluding = patterns.filter((pattern) => pattern.startsWith('!'))
  const including = patterns.filter((pattern) => !pattern.startsWith('!'))
  return (
    including.some((pattern) => path.matchesGlob(name, pattern)) &&
    !excluding.some((pattern) => path.matchesGlob(name, pattern.slice(1)))
  )
}
