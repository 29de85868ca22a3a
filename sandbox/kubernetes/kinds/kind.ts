import { assembleKubernetes } from '../assembly.ts'
import type { AnyCluster } from '../clusters/any-cluster.ts'
import { type Cluster, type Kubernetes, type KubernetesOptions, startKubernetes } from '../index.ts'
import { findBinaries } from '../real/binaries.ts'
import type { RealCluster } from '../real/cluster.ts'
import { ClusterFolders } from '../real/cluster-folders.ts'
import { realManagement } from '../real/management.ts'

export interface KubernetesKind<C extends AnyCluster> {
  readonly title: string
  /** The folder for a sandbox's state: the kinds cannot read the state of each other. */
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
    start: (options) =>
      assembleKubernetes(options, {
        keeper: new ClusterFolders(options.directory, { binaries, webhook }),
        management: realManagement,
      }),
  }
}
