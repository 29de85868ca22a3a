import type { AnyCluster } from '../clusters/any-cluster.ts'
import { type Cluster, type Kubernetes, type KubernetesOptions, startKubernetes } from '../index.ts'
import { findBinaries } from '../real/binaries.ts'
import type { RealCluster } from '../real/cluster.ts'
import { startRealKubernetes } from '../real/index.ts'

/** Which Kubernetes a sandbox has. */
export interface KubernetesKind<C extends AnyCluster> {
  /** For the report. */
  readonly title: string
  /** The name of the folder for a sandbox's state: what one kind has kept is of no use to another. */
  readonly stateFolder: string
  start(options: KubernetesOptions): Promise<Kubernetes<C>>
}

export const emulatedKubernetes: KubernetesKind<Cluster> = {
  title: 'a management cluster',
  stateFolder: 'state',
  start: startKubernetes,
}

export interface RealKubernetesOptions {
  /** With etcd, kube-apiserver and kube-controller-manager: what KUBEBUILDER_ASSETS names. */
  readonly folder: string
  /** A program to run as the pod identity webhook: what WEBHOOK_BINARY names. Left out: the sandbox's own. */
  readonly webhook?: string | undefined
}

/**
 * Real API servers.
 *
 * @throws Error that names the program that is missing there, or cannot be run
 */
export async function realKubernetes({ folder, webhook }: RealKubernetesOptions): Promise<KubernetesKind<RealCluster>> {
  const binaries = await findBinaries(folder)
  const { gitVersion } = binaries
  return {
    title: `a management cluster of real processes, ${gitVersion}; so is every cluster, whatever version is asked for`,
    stateFolder: `state-${/^v1\.\d+/.exec(gitVersion)?.[0]}`,
    start: (options) => startRealKubernetes(options, { binaries, ...(webhook === undefined ? {} : { webhook }) }),
  }
}
