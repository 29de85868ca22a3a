import { randomUUID } from 'node:crypto'
import { timestamp } from '../objects/objects.ts'
import type { Store } from '../objects/store.ts'

/** Gives each namespace its service account `default`, as the controller manager does. */
export function startNamespaceController(store: Store): () => void {
  return store.onHappening(({ type, object }) => {
    if (type !== 'ADDED' || object.kind !== 'Namespace') return
    const namespace = object.metadata.name
    store.put({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {
        name: 'default',
        namespace,
        uid: randomUUID(),
        resourceVersion: '',
        creationTimestamp: timestamp(),
      },
    })
  })
}
