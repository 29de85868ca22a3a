import { assembleKubernetes, type Kubernetes, type KubernetesOptions } from './assembly.ts'
import type { Cluster } from './clusters/cluster.ts'
import { ClusterFiles } from './clusters/cluster-files.ts'
import { emulatedManagement } from './clusters/management.ts'

export type { Kubernetes, KubernetesOptions, UserClusterOptions } from './assembly.ts'
export type { Cluster } from './clusters/cluster.ts'

/** Starts the Kubernetes side of the sandbox with emulated clusters, including the clusters of earlier runs. */
export function startKubernetes(options: KubernetesOptions): Promise<Kubernetes<Cluster>> {
  return assembleKubernetes(options, {
    keeper: new ClusterFiles(options.directory),
    management: emulatedManagement,
  })
}
