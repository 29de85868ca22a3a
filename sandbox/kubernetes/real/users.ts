/** The users of a cluster that come with it, known by bearer tokens. */
export interface Tokens {
  readonly admin: string
  /** The sandbox's own work on the cluster: its node, its controllers, its look at what is there. */
  readonly sandbox: string
  readonly controllerManager: string
}

export const tokensFile = 'tokens.csv'

export const users = {
  admin: 'kubernetes-admin',
  sandbox: 'system:sandbox',
  controllerManager: 'system:kube-controller-manager',
} as const satisfies Record<keyof Tokens, string>

/** The parts of a cluster: what they do is no client's call. The API server calls itself, too. */
export const systemUsers: readonly string[] = [users.sandbox, users.controllerManager, 'system:apiserver']

/** The file of --token-auth-file: token, user, uid, groups. All may do all: RBAC is for who comes later. */
export function tokensCsv(tokens: Tokens): string {
  const lines = [
    [tokens.admin, users.admin],
    [tokens.sandbox, users.sandbox],
    [tokens.controllerManager, users.controllerManager],
  ]
  return lines.map(([token, user]) => `${token},${user},,"system:masters"\n`).join('')
}
