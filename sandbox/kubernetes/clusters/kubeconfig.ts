import { stringify } from 'yaml'

export interface KubeconfigParts {
  readonly name: string
  /** `https://HOST:PORT` */
  readonly server: string
  readonly caPem: string
  readonly token: string
  /** The proxy of a bastion before the cluster. */
  readonly proxyUrl?: string
}

/** A kubeconfig with everything inline, as kubectl reads it; YAML. */
export function kubeconfigOf({ name, server, caPem, token, proxyUrl }: KubeconfigParts): string {
  const user = `${name}-admin`
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    preferences: {},
    clusters: [
      {
        name,
        cluster: {
          server,
          'certificate-authority-data': Buffer.from(caPem).toString('base64'),
          ...(proxyUrl === undefined ? {} : { 'proxy-url': proxyUrl }),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user } }],
    users: [{ name: user, user: { token } }],
  })
}
