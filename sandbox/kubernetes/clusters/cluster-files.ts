import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Cluster, type ClusterSettings } from './cluster.ts'
import type { Keeper } from './fleet.ts'

const saveEveryMs = 2000

export class ClusterFiles implements Keeper<Cluster> {
  readonly #directory: string
  readonly #clusters = new Set<Cluster>()
  readonly #saved = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #saving: Promise<void> = Promise.resolve()

  constructor(directory: string) {
    this.#directory = directory
  }

  async load(): Promise<Cluster[]> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    const files = (await readdir(this.#directory)).filter((file) => file.endsWith('.json'))
    for (const file of files) this.#watch(await Cluster.load(join(this.#directory, file)))
    return [...this.#clusters]
  }

  async create(settings: ClusterSettings): Promise<Cluster> {
    const cluster = await Cluster.create(settings)
    this.#watch(cluster)
    await this.#save(cluster)
    return cluster
  }

  async close(cluster: Cluster): Promise<void> {
    this.#unwatch(cluster)
    await cluster.close()
    await this.#save(cluster)
  }

  async remove(cluster: Cluster): Promise<void> {
    this.#unwatch(cluster)
    await cluster.close()
    await this.#saving
    await rm(join(this.#directory, `${cluster.name}.json`), { force: true })
  }

  #watch(cluster: Cluster): void {
    this.#clusters.add(cluster)
    this.#timer ??= setInterval(() => this.#saveSoon(), saveEveryMs).unref()
  }

  #unwatch(cluster: Cluster): void {
    this.#clusters.delete(cluster)
    if (this.#clusters.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #saveSoon(): void {
    const changed = [...this.#clusters].filter(({ name, store }) => this.#saved.get(name) !== store.resourceVersion)
    for (const cluster of changed) {
      // The next interval retries a failed save. `close` saves again, and reports a failure.
      this.#save(cluster).catch(() => this.#saved.delete(cluster.name))
    }
  }

  /** Saves one cluster at a time: two saves of the same cluster would write to the same temporary file. */
  #save(cluster: Cluster): Promise<void> {
    this.#saved.set(cluster.name, cluster.store.resourceVersion)
    const saving = this.#saving.then(() => cluster.save(this.#directory))
    this.#saving = saving.catch(() => {})
    return saving
  }
}
