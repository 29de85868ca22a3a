/** How the sandbox reaches a cluster that kind or k3s runs on this machine. */
import { ownKubeconfig } from '../../cli/kubernetes/own-kubeconfig.ts'
import { kubeconfigWith } from '../kubernetes/clusters/kubeconfig.ts'

/** Every API server that kubeadm or k3s has started has a certificate for this name, whatever its address is. */
const nameInCertificate = 'kubernetes.default.svc'

const addressesOfAll = ['127.0.0.1', 'localhost', '0.0.0.0']

export interface LocalCluster {
  /** The port of the API server on 127.0.0.1. */
  readonly port: string
  /** A kubeconfig in YAML for functions. @param way the host name for functions, and the proxy that routes the name */
  kubeconfigBy(way: { readonly host: string; readonly proxy: string }): string
}

/**
 * @param file the file of a kubeconfig
 * @param context the name of a context; default: the current context
 * @throws {WrongUse} when there is no such context
 * @throws Error for a server of another machine, which the sandbox does not reach, and for credentials in other files
 */
export function localCluster(file: string, context: string | undefined): LocalCluster {
  const config = ownKubeconfig(file, context)
  const { server, caData } = { server: '', ...config.getCurrentCluster() }
  const { token, certData, keyData } = { ...config.getCurrentUser() }
  const { hostname, port } = new URL(server)
  if (!addressesOfAll.includes(hostname)) {
    throw new Error(`${server} is not on this machine. The sandbox reaches API servers on 127.0.0.1 only.`)
  }
  if (caData === undefined || (token === undefined && keyData === undefined)) {
    throw new Error(
      `${file} refers to files or programs for its credentials. Give the output of "kubectl config view --raw --flatten".`,
    )
  }
  const user = { token, 'client-certificate-data': certData, 'client-key-data': keyData }
  return {
    port: port === '' ? '443' : port,
    kubeconfigBy: ({ host, proxy }) => {
      const cluster = {
        server: `https://${host}:443`,
        'certificate-authority-data': caData,
        'tls-server-name': nameInCertificate,
        'proxy-url': proxy,
      }
      return kubeconfigWith(host, cluster, user)
    },
  }
}
