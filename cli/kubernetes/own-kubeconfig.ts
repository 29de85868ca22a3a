import { KubeConfig } from '@kubernetes/client-node'
import { WrongUse } from '../errors.ts'

export interface KubeconfigOptions {
  readonly kubeconfig?: string | undefined
  readonly context?: string | undefined
}

/**
 * The user's own kubeconfig: the file, or kubectl's default.
 *
 * @param file undefined for KUBECONFIG or ~/.kube/config
 * @param context undefined for the current one
 * @throws {WrongUse} when no kubeconfig exists, or it does not define how to reach a cluster
 */
export function ownKubeconfig(file: string | undefined, context: string | undefined): KubeConfig {
  const config = new KubeConfig()
  load(config, file)
  if (context !== undefined) config.setCurrentContext(context)
  const cluster = config.getCurrentCluster()
  if (!cluster)
    throw new WrongUse(`The kubeconfig has no such context. It has ${namesIn(config)}: name one with --context.`)
  // Without a kubeconfig, the library returns a pod's service account, or a server on this machine.
  if (cluster.server.startsWith('https://') && !isOfPod(cluster)) return config
  throw new WrongUse(
    'There is no kubeconfig for a cluster. Name the file of a kubeconfig with --kubeconfig or in KUBECONFIG.',
  )
}

function load(config: KubeConfig, file: string | undefined): void {
  try {
    if (file === undefined) config.loadFromDefault()
    else config.loadFromFile(file)
  } catch (error) {
    // A parser's message quotes the file, which contains credentials.
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw new WrongUse(`${file ?? 'The file in KUBECONFIG'} ${isAbsent ? 'is not there' : 'is not a kubeconfig'}.`)
  }
}

function isOfPod({ name }: { readonly name: string }): boolean {
  return name === 'inCluster'
}

function namesIn(config: KubeConfig): string {
  return (
    config
      .getContexts()
      .map(({ name }) => name)
      .join(', ') || 'none'
  )
}
