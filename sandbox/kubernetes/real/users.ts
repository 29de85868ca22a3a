/** The bearer tokens of a cluster's predefined users. */
export interface Tokens {
  readonly admin: string
  /** The token of the sandbox itself, for its node, its controllers, and its reads for tests. */
  readonly sandbox: string
  readonly controllerManager: string
}

export const tokensFile = 'tokens.csv'

export const users = {
  admin: 'kubernetes-admin',
  sandbox: 'system:sandbox',
  controllerManager: 'system:kube-controller-manager',
} as const satisfies Record<keyof Tokens, string>

/** The users of a cluster's components, whose calls are not logged. The API server also calls itself. */
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
