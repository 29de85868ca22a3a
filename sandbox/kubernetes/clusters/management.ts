import type { ChangeSource } from '../controllers/loop.ts'
import { type Occurrence, putStatus, reportEvent } from '../controllers/writes.ts'
import type { JsonObject, KubeObject } from '../objects/objects.ts'
import type { AnyCluster } from './any-cluster.ts'
import type { Cluster } from './cluster.ts'

/** The writes of the management service to the management cluster. */
export interface ManagementApi extends ChangeSource {
  readonly cluster: AnyCluster
  putStatus(object: KubeObject, status: JsonObject, manager: string): Promise<void>
  reportEvent(about: KubeObject, occurrence: Occurrence): Promise<void>
  close(): Promise<void>
}

export function emulatedManagement(cluster: Cluster): ManagementApi {
  return {
    cluster,
    putStatus: async (object, status, manager) => putStatus(cluster, object, status, manager),
    reportEvent: async (about, occurrence) => reportEvent(cluster.store, about, occurrence),
    onChange: (listener) => cluster.store.onChange(listener),
    close: async () => {},
  }
}
