import { assembleKubernetes } from '../assembly.ts'
import type { Kubernetes, KubernetesOptions } from '../index.ts'
import type { RealCluster } from './cluster.ts'
import { ClusterFolders, type Programs } from './cluster-folders.ts'
import { realManagement } from './management.ts'

/** The Kubernetes side of the sandbox, of real API servers. What the directory holds from an earlier run is started again. */
export function startRealKubernetes(options: KubernetesOptions, programs: Programs): Promise<Kubernetes<RealCluster>> {
  return assembleKubernetes(options, {
    keeper: new ClusterFolders(options.directory, programs),
    management: realManagement,
  })
}
