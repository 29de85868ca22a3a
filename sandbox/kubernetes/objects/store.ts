import { EventEmitter } from 'node:events'
import type { KubeObject } from './objects.ts'

/** What happened to an object, as a watch tells it. */
export interface Happening {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeObject
}

/** As many as a watch may be behind before it has to list again. */
const remembered = 2000

/**
 * The objects of one cluster. Reading and writing are synchronous: between a get and a put without an await nobody
 * else writes. What comes out must not be changed; `put` takes a copy.
 */
export class Store {
  readonly #objects = new Map<string, KubeObject>()
  readonly #emitter = new EventEmitter()
  #happenings: Happening[] = []
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

  /** In the order of namespace and name. */
  list(kind: string, namespace?: string): KubeObject[] {
    return [...this.#objects.values()]
      .filter((object) => object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace))
      .sort((a, b) => keyOf(kind, a.metadata).localeCompare(keyOf(kind, b.metadata)))
  }

  all(): KubeObject[] {
    return [...this.#objects.values()]
  }

  /** Stores a copy with a resourceVersion of its own, and gives it back. */
  put(object: KubeObject): KubeObject {
    const key = keyOf(object.kind, object.metadata)
    const type = this.#objects.has(key) ? 'MODIFIED' : 'ADDED'
    const stored = this.#withNextVersion(object)
    this.#objects.set(key, stored)
    this.#tell({ type, object: stored })
    return stored
  }

  /** Gives back what was removed. */
  remove(object: KubeObject): KubeObject | undefined {
    const key = keyOf(object.kind, object.metadata)
    const found = this.#objects.get(key)
    if (!found) return undefined
    this.#objects.delete(key)
    const last = this.#withNextVersion(found)
    this.#tell({ type: 'DELETED', object: last })
    return last
  }

  /** What happened after this version; undefined if that is too long ago to know. */
  since(resourceVersion: number): Happening[] | undefined {
    const oldest = this.#happenings[0]
    const forgotten = this.#happenings.length === remembered && oldest && versionOf(oldest) > resourceVersion + 1
    if (forgotten) return undefined
    return this.#happenings.filter((happening) => versionOf(happening) > resourceVersion)
  }

  /** Calls back for each change until the function that it gives back is called. */
  onHappening(listener: (happening: Happening) => void): () => void {
    this.#emitter.on('happening', listener)
    return () => void this.#emitter.off('happening', listener)
  }

  #withNextVersion(object: KubeObject): KubeObject {
    this.#resourceVersion += 1
    const copy = structuredClone(object)
    copy.metadata.resourceVersion = String(this.#resourceVersion)
    return copy
  }

  #tell(happening: Happening): void {
    this.#happenings.push(happening)
    if (this.#happenings.length > remembered) this.#happenings.shift()
    this.#emitter.emit('happening', happening)
  }
}

function versionOf({ object }: Happening): number {
  return Number(object.metadata.resourceVersion)
}

function keyOf(kind: string, metadata: { name: string; namespace?: string }): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`
}
