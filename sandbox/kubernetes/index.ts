import { assembleKubernetes, type Kubernetes, type KubernetesOptions } from './assembly.ts'
import type { Cluster } from './clusters/cluster.ts'
import { ClusterFiles } from './clusters/cluster-files.ts'
import { emulatedManagement } from './clusters/management.ts'

export type { Kubernetes, KubernetesOptions, UserClusterOptions } from './assembly.ts'
export type { Cluster } from './clusters/cluster.ts'

/** The Kubernetes side of the sandbox, emulated. What the directory holds from an earlier run is started again. */
export function startKubernetes(options: KubernetesOptions): Promise<Kubernetes<Cluster>> {
  return assembleKubernetes(options, {
    keeper: new ClusterFiles(options.directory),
    management: emulatedManagement,
  })
}
