import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiClient } from '../api-client.ts'
import { asString, at, type JsonObject } from '../objects/objects.ts'

const retryMs = 500

/** A cache of the objects of one list. It is kept up to date by list and watch, like an informer of Kubernetes. */
export class Mirror {
  readonly #objects = new Map<string, JsonObject>()
  readonly #client: ApiClient
  readonly #path: string
  readonly #changed: () => void
  readonly #stopped = new AbortController()
  readonly #running: Promise<void>

  /** @param path the path of the list, such as /api/v1/serviceaccounts */
  constructor(client: ApiClient, path: string, changed: () => void = () => {}) {
    this.#client = client
    this.#path = path
    this.#changed = changed
    this.#running = this.#run()
  }

  all(): JsonObject[] {
    return [...this.#objects.values()]
  }

  /** Returns undefined for an object that does not exist or is not in the cache yet. */
  get(namespace: string, name: string): JsonObject | undefined {
    return this.#objects.get(`${namespace}/${name}`)
  }

  async close(): Promise<void> {
    this.#stopped.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      // After a refused or interrupted call, an informer retries forever.
      await this.#follow(signal).catch(() => undefined)
      await pause(retryMs, signal)
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { items, resourceVersion } = await this.#client.list(this.#path)
    this.#objects.clear()
    for (const item of items) this.#objects.set(keyOf(item), item)
    this.#changed()
    await this.#client.watch(`${this.#path}?watch=true&resourceVersion=${resourceVersion}`, signal, (type, object) => {
      if (type === 'ERROR') return
      if (type === 'DELETED') this.#objects.delete(keyOf(object))
      else this.#objects.set(keyOf(object), object)
      this.#changed()
    })
  }
}

function keyOf(object: JsonObject): string {
  return `${asString(at(object, 'metadata', 'namespace'))}/${asString(at(object, 'metadata', 'name'))}`
}

/** Waits. Returns early, without an error, when the signal is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {})
}
