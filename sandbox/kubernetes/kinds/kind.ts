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
  /** The folder with etcd, kube-apiserver and kube-controller-manager, from KUBEBUILDER_ASSETS. */
  readonly folder: string
  /** The program to run as the pod identity webhook, from WEBHOOK_BINARY. Default: the sandbox's own webhook. */
  readonly webhook?: string | undefined
}

/**
 * Returns the kind of clusters that run real API servers.
 *
 * @throws Error that names the program that is missing or cannot be run
 */
export async function realKubernetes({ folder, webhook }: RealKubernetesOptions): Promise<KubernetesKind<RealCluster>> {
  const binaries = await findBinaries(folder)
  const { gitVersion } = binaries
  return {
    title: `a management cluster of real processes, ${gitVersion}. Every cluster has this version, even if another version is requested`,
    stateFolder: `state-${/^v1\.\d+/.exec(gitVersion)?.[0]}`,
    start: (options) =>
      assembleKubernetes(options, {
        keeper: new ClusterFolders(options.directory, { binaries, webhook }),
        management: realManagement,
      }),
  }
}
