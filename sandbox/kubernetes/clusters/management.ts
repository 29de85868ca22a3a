import type { Happenings } from '../controllers/loop.ts'
import { type Occurrence, putStatus, tellEvent } from '../controllers/writes.ts'
import type { JsonObject, KubeObject } from '../objects/objects.ts'
import type { AnyCluster } from './any-cluster.ts'
import type { Cluster } from './cluster.ts'

/** What the management service does on its own cluster, beside reading. */
export interface ManagementApi extends Happenings {
  readonly cluster: AnyCluster
  /** Writes the status if it differs from what is there now. */
  putStatus(object: KubeObject, status: JsonObject, manager: string): Promise<void>
  tellEvent(about: KubeObject, occurrence: Occurrence): Promise<void>
  close(): Promise<void>
}

/** Straight into the store of an emulated cluster. */
export function emulatedManagement(cluster: Cluster): ManagementApi {
  return {
    cluster,
    putStatus: async (object, status, manager) => putStatus(cluster, object, status, manager),
    tellEvent: async (about, occurrence) => tellEvent(cluster.store, about, occurrence),
    onHappening: (listener) => cluster.store.onHappening(listener),
    close: async () => {},
  }
}
