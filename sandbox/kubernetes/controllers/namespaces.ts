import type { Store } from '../objects/store.ts'
import { madeMetadata } from './writes.ts'

/** Creates the service account `default` in each new namespace, as the controller manager does. */
export function startNamespaceController(store: Store): () => void {
  return store.onChange(({ type, object }) => {
    if (type !== 'ADDED' || object.kind !== 'Namespace') return
    store.put({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: madeMetadata('default', object.metadata.name) })
  })
}
