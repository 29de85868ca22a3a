import type { Cluster } from '../cluster.ts'
import type { Endpoints } from '../context.ts'
import { startCertificateSigner } from './certificate-signer.ts'
import { startDeploymentController } from './deployments.ts'
import { startDisruptionController } from './disruption.ts'
import { Kubelet } from './kubelet.ts'
import { startNamespaceController } from './namespaces.ts'

/** What runs beside an API server. */
export interface Controllers {
  readonly endpoints: Endpoints
  /** Looks at all pods again. */
  poke(): void
  close(): Promise<void>
}

export function startControllers(cluster: Cluster): Controllers {
  const stopNamespaces = startNamespaceController(cluster.store)
  const kubelet = new Kubelet({ cluster, isSchedulable: () => cluster.isSchedulable })
  const loops = [
    startCertificateSigner(cluster),
    startDeploymentController(cluster),
    startDisruptionController(cluster),
  ]
  return {
    endpoints: kubelet.endpoints,
    poke: () => kubelet.poke(),
    async close() {
      stopNamespaces()
      await Promise.all(loops.map((loop) => loop.close()))
      await kubelet.close()
    },
  }
}
