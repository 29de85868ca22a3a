import type { ConnectProxy } from '../../network/proxy.ts'
import type { AnyCluster } from './any-cluster.ts'
import type { ClusterSettings } from './cluster.ts'

/** Creates clusters, and stores their state between runs of the sandbox. */
export interface Keeper<C extends AnyCluster> {
  /** Starts the clusters of an earlier run. */
  load(): Promise<C[]>
  create(settings: ClusterSettings): Promise<C>
  /** Stops the cluster, and keeps its state. */
  close(cluster: C): Promise<void>
  /** Stops the cluster, and deletes its state. */
  remove(cluster: C): Promise<void>
}

export interface Proxies {
  readonly egress: ConnectProxy
  readonly bastion: ConnectProxy
}

/** All clusters of the sandbox, which are running. A proxy routes the host name of each cluster that is not closed. */
export class Fleet<C extends AnyCluster> {
  readonly #keeper: Keeper<C>
  readonly #proxies: Proxies
  readonly #clusters = new Map<string, C>()

  private constructor(keeper: Keeper<C>, proxies: Proxies) {
    this.#keeper = keeper
    this.#proxies = proxies
  }

  static async open<C extends AnyCluster>(keeper: Keeper<C>, proxies: Proxies): Promise<Fleet<C>> {
    const fleet = new Fleet(keeper, proxies)
    for (const cluster of await keeper.load()) fleet.#add(cluster)
    return fleet
  }

  get(name: string): C | undefined {
    return this.#clusters.get(name)
  }

  names(): string[] {
    return [...this.#clusters.keys()]
  }

  all(): C[] {
    return [...this.#clusters.values()]
  }

  async create(settings: ClusterSettings): Promise<C> {
    const cluster = await this.#keeper.create(settings)
    this.#add(cluster)
    return cluster
  }

  async remove(name: string): Promise<void> {
    const cluster = this.#clusters.get(name)
    if (!cluster) return
    this.#clusters.delete(name)
    this.#proxyOf(cluster).unroute(addressOf(cluster))
    await this.#keeper.remove(cluster)
  }

  async close(): Promise<void> {
    for (const cluster of this.#clusters.values()) {
      this.#proxyOf(cluster).unroute(addressOf(cluster))
      await this.#keeper.close(cluster)
    }
  }

  #add(cluster: C): void {
    this.#clusters.set(cluster.name, cluster)
    if (!cluster.settings.isClosed) this.#proxyOf(cluster).route(addressOf(cluster), cluster.port)
  }

  /** Clusters behind the bastion are reachable only through it. */
  #proxyOf({ settings }: C): ConnectProxy {
    return settings.proxyUrl === undefined ? this.#proxies.egress : this.#proxies.bastion
  }
}

function addressOf({ settings }: AnyCluster): string {
  return `${settings.host}:${settings.port}`
}
