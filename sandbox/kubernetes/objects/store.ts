import { EventEmitter } from 'node:events'
import type { KubeObject } from './objects.ts'

/** A change of an object, as a watch reports it. */
export interface ObjectChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeObject
}

/** The number of changes that the store keeps. A client that misses more changes must list again. */
const keptChanges = 2000

/**
 * The objects of one cluster. Reads and writes are synchronous, so without an await, no other write can occur between a
 * get and a put. Callers must not change the returned objects. `put` stores a copy.
 */
export class Store {
  readonly #objects = new Map<string, KubeObject>()
  readonly #emitter = new EventEmitter()
  #changes: ObjectChange[] = []
  #resourceVersion: number

  constructor(stored: { resourceVersion: number; objects: KubeObject[] } = { resourceVersion: 100, objects: [] }) {
    this.#emitter.setMaxListeners(0)
    this.#resourceVersion = stored.resourceVersion
    for (const object of stored.objects) this.#objects.set(keyOf(object.kind, object.metadata), object)
  }

  get resourceVersion(): number {
    return this.#resourceVersion
  }

  get(kind: string, name: string, namespace?: string): KubeObject | undefined {
    return this.#objects.get(keyOf(kind, { name, ...(namespace === undefined ? {} : { namespace }) }))
  }

  list(kind: string, namespace?: string): KubeObject[] {
    return [...this.#objects.values()]
      .filter((object) => object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace))
      .sort((a, b) => keyOf(kind, a.metadata).localeCompare(keyOf(kind, b.metadata)))
  }

  all(): KubeObject[] {
    return [...this.#objects.values()]
  }

  /** Stores a copy with a new resourceVersion, and returns the copy. */
  put(object: KubeObject): KubeObject {
    const key = keyOf(object.kind, object.metadata)
    const type = this.#objects.has(key) ? 'MODIFIED' : 'ADDED'
    const stored = this.#withNextVersion(object)
    this.#objects.set(key, stored)
    this.#report({ type, object: stored })
    return stored
  }

  remove(object: KubeObject): KubeObject | undefined {
    const key = keyOf(object.kind, object.metadata)
    const found = this.#objects.get(key)
    if (!found) return undefined
    this.#objects.delete(key)
    const last = this.#withNextVersion(found)
    this.#report({ type: 'DELETED', object: last })
    return last
  }

  /** Returns the changes after this version, or undefined if the store no longer has them. */
  since(resourceVersion: number): ObjectChange[] | undefined {
    const oldest = this.#changes[0]
    const forgotten = this.#changes.length === keptChanges && oldest && versionOf(oldest) > resourceVersion + 1
    if (forgotten) return undefined
    return this.#changes.filter((change) => versionOf(change) > resourceVersion)
  }

  /** Calls the listener for each change until the returned function is called. */
  onChange(listener: (change: ObjectChange) => void): () => void {
    this.#emitter.on('change', listener)
    return () => void this.#emitter.off('change', listener)
  }

  #withNextVersion(object: KubeObject): KubeObject {
    this.#resourceVersion += 1
    const copy = structuredClone(object)
    copy.metadata.resourceVersion = String(this.#resourceVersion)
    return copy
  }

  #report(change: ObjectChange): void {
    this.#changes.push(change)
    if (this.#changes.length > keptChanges) this.#changes.shift()
    this.#emitter.emit('change', change)
  }
}

function versionOf({ object }: ObjectChange): number {
  return Number(object.metadata.resourceVersion)
}

function keyOf(kind: string, metadata: { name: string; namespace?: string }): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`
}
