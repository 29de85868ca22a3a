import type { ClusterContext, Endpoints } from '../context.ts'
import { asString, at } from '../objects/objects.ts'
import { startWebhookServer } from '../webhook/server.ts'
import { startCertificateSigner } from './certificate-signer.ts'
import { startDeploymentController } from './deployments.ts'
import { Kubelet, manager } from './kubelet.ts'
import { startNamespaceController } from './namespaces.ts'
import type { NodeApi } from './node-api.ts'
import { putStatus, reportEvent } from './writes.ts'

interface ControlledCluster extends ClusterContext {
  readonly port: number
  /** If false, pods stay unscheduled, as on a full cluster. */
  readonly isSchedulable: boolean
}

export interface Controllers {
  readonly endpoints: Endpoints
  poke(): void
  close(): Promise<void>
}

export function startControllers(cluster: ControlledCluster): Controllers {
  const stopNamespaces = startNamespaceController(cluster.store)
  const api = nodeApiOf(cluster)
  const kubelet = new Kubelet({ api, isSchedulable: () => cluster.isSchedulable, start: startWebhookServer })
  const loops = [startCertificateSigner(cluster), startDeploymentController(cluster)]
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

function nodeApiOf(cluster: ControlledCluster): NodeApi {
  const { store } = cluster
  return {
    port: cluster.port,
    caPem: cluster.authority.caPem,
    list: (kind, namespace) => store.list(kind, namespace),
    get: (kind, name, namespace) => store.get(kind, name, namespace),
    onChange: (listener) => store.onChange(listener),
    putStatus: (pod, status) => putStatus(cluster, pod, { qosClass: 'BestEffort', ...status }, manager),
    reportEvent: (pod, occurrence) => reportEvent(store, pod, occurrence),
    async tokenOf(pod) {
      const { namespace = '', name, uid } = pod.metadata
      const account = asString(at(pod, 'spec', 'serviceAccountName'))
      const accountUid = store.get('ServiceAccount', account, namespace)?.metadata.uid ?? ''
      const subject = { namespace, name: account, uid: accountUid, bound: { kind: 'Pod', name, uid } }
      const { signer } = cluster
      return (await signer.sign(subject, signer.issuers, 3607)).token
    },
  }
}
