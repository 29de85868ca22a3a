/** The users of a cluster that come with it, known by bearer tokens. */
export interface Tokens {
  readonly admin: string
  /** Of the sandbox itself: its node, its controllers, and its reads for tests. */
  readonly sandbox: string
  readonly controllerManager: string
}

export const tokensFile = 'tokens.csv'

export const users = {
  admin: 'kubernetes-admin',
  sandbox: 'system:sandbox',
  controllerManager: 'system:kube-controller-manager',
} as const satisfies Record<keyof Tokens, string>

/** The components of a cluster, whose calls are not logged. The API server calls itself, too. */
export const systemUsers: readonly string[] = [users.sandbox, users.controllerManager, 'system:apiserver']

/** The file of --token-auth-file: token, user, uid, groups. These users have all rights. */
export function tokensCsv(tokens: Tokens): string {
  const lines = [
    [tokens.admin, users.admin],
    [tokens.sandbox, users.sandbox],
    [tokens.controllerManager, users.controllerManager],
  ]
  return lines.map(([token, user]) => `${token},${user},,"system:masters"\n`).join('')
}
