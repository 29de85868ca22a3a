import { stringify } from 'yaml'
import type { AnyCluster } from './any-cluster.ts'

interface KubeconfigParts {
  readonly name: string
  /** `https://HOST:PORT` */
  readonly server: string
  readonly caPem: string
  readonly token: string
  readonly proxyUrl?: string | undefined
}

export function adminKubeconfig({ settings, caPem, adminToken }: AnyCluster, proxyUrl: string | undefined): string {
  const { name, host, port } = settings
  return kubeconfigOf({ name, server: `https://${host}:${port}`, caPem, token: adminToken, proxyUrl })
}

/** For clients on this machine, without a proxy. */
export function directKubeconfig({ name, port, caPem, adminToken }: AnyCluster): string {
  return kubeconfigOf({ name, server: `https://127.0.0.1:${port}`, caPem, token: adminToken })
}

/** A kubeconfig without references to files, in YAML. */
export function kubeconfigOf({ name, server, caPem, token, proxyUrl }: KubeconfigParts): string {
  const ca = Buffer.from(caPem).toString('base64')
  return kubeconfigWith(name, { server, 'certificate-authority-data': ca, 'proxy-url': proxyUrl }, { token })
}

/** `cluster` and `userFields` have the fields of a kubeconfig. Undefined fields are omitted. */
export function kubeconfigWith(name: string, cluster: object, userFields: object): string {
  const user = `${name}-admin`
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    preferences: {},
    clusters: [{ name, cluster }],
    contexts: [{ name, context: { cluster: name, user } }],
    users: [{ name: user, user: userFields }],
  })
}
