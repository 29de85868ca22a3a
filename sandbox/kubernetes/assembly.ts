import type { Server } from 'node:https'
import type { Authority } from '../network/authority.ts'
import { closeServer } from '../network/listen.ts'
import type { ConnectProxy } from '../network/proxy.ts'
import type { AnyCluster } from './clusters/any-cluster.ts'
import type { Cluster } from './clusters/cluster.ts'
import { Fleet, type Keeper, type Proxies } from './clusters/fleet.ts'
import {
  isPrivateIssuer,
  kubeadmIssuer,
  type Publish,
  privateIssuer,
  publishToBucket,
  serveIssuer,
} from './clusters/issuers.ts'
import { directKubeconfig } from './clusters/kubeconfig.ts'
import type { ManagementApi } from './clusters/management.ts'
import { Multicloud } from './clusters/multicloud.ts'

const bastionAddress = 'bastion.anthos.internal:8118'
const managementName = 'management'
const publicBuckets = 'https://storage.googleapis.com'

export interface KubernetesOptions {
  readonly authority: Authority
  /** The egress proxy, for public names and the bastion. */
  readonly proxy: ConnectProxy
  /** The bastion's proxy, for the management cluster and the clusters that it creates. */
  readonly bastion: ConnectProxy
  readonly directory: string
  /** Puts an object into a Google bucket as the management service account. Throws if the account lacks the right. */
  readonly publish: Publish
  /** The time until the cluster of a new AWSCluster exists. Default: 2000. */
  readonly provisioningMs?: number
}

/**
 * With `host`, the issuer has this host. With `bucket`, the issuer's documents are in this bucket, which must allow the
 * writes. With `installer`, the issuer is the default of the installer, and its documents are not published.
 */
export interface UserClusterOptions {
  readonly name: string
  /** `1.33.2` */
  readonly version: string
  readonly issuer: { readonly bucket: string } | { readonly host: string } | { readonly installer: 'kubeadm' }
  /** If true, no function reaches the API server. */
  readonly isClosed?: boolean
}

export interface Kubernetes<C extends AnyCluster = Cluster> {
  /** The cluster that serves AWSCluster and AWSNodePool. It is reachable only through the bastion. */
  readonly management: C
  /** `http://bastion.anthos.internal:8118`, reachable through the egress proxy. */
  readonly bastionUrl: string
  /** May change at any time. With Infinity, new clusters never become ready. */
  provisioningMs: number
  /**
   * Adds an existing cluster. The egress proxy routes its name unless the cluster is closed. Returns a cluster of an
   * earlier run unchanged.
   */
  addUserCluster(options: UserClusterOptions): Promise<C>
  /** The management cluster has the name `management`. A cluster of an AWSCluster has the name of the AWSCluster. */
  cluster(name: string): C | undefined
  /** The names of all clusters. The management cluster is the first. */
  names(): string[]
  /** The admin's kubeconfig for Secrets Manager, with the host name and proxy that functions use. */
  kubeconfig(name: string): string
  /**
   * The admin's kubeconfig for kubectl on this machine. It has the local address of the cluster's proxy. For a closed
   * cluster, it has the local address of the API server.
   */
  localKubeconfig(name: string): string
  /** Calls back with the name of each cluster of an AWSCluster, before the AWSCluster has the state Running. */
  onClusterUp(callback: (name: string) => Promise<void> | void): void
  close(): Promise<void>
}

export interface ClusterKind<C extends AnyCluster> {
  readonly keeper: Keeper<C>
  management(cluster: C): ManagementApi
}

/** Starts the Kubernetes side of the sandbox, with emulated or real clusters. */
export async function assembleKubernetes<C extends AnyCluster>(
  options: KubernetesOptions,
  kind: ClusterKind<C>,
): Promise<Kubernetes<C>> {
  const { proxy, bastion, publish } = options
  const bastionUrl = `http://${bastionAddress}`
  const { fleet, management } = await openFleet(kind.keeper, { egress: proxy, bastion }, bastionUrl)
  proxy.route(bastionAddress, Number(new URL(bastion.url).port))
  const api = kind.management(management)
  const issuers = new Map<string, Server>()
  const callbacks: ((name: string) => Promise<void> | void)[] = []
  const find = (name: string) => {
    const cluster = fleet.get(name)
    if (!cluster) throw new Error(`the sandbox has no cluster ${name}`)
    return cluster
  }

  const serveOnce = async (cluster: C) => {
    if (!issuers.has(cluster.name)) issuers.set(cluster.name, await serveIssuer(cluster, options))
  }
  for (const cluster of fleet.all()) if (hasIssuerHost(cluster)) await serveOnce(cluster)

  const kubernetes: Kubernetes<C> = {
    management,
    bastionUrl,
    provisioningMs: options.provisioningMs ?? 2000,
    async addUserCluster(wanted) {
      const cluster = fleet.get(wanted.name) ?? (await createUserCluster(fleet, wanted))
      if ('host' in wanted.issuer) await serveOnce(cluster)
      if ('bucket' in wanted.issuer) await publishToBucket(cluster, publish)
      return cluster
    },
    cluster: (name) => fleet.get(name),
    names: () => [managementName, ...fleet.names().filter((name) => name !== managementName)],
    kubeconfig: (name) => find(name).kubeconfig(),
    localKubeconfig(name) {
      const cluster = find(name)
      if (cluster.settings.isClosed) return directKubeconfig(cluster)
      return cluster.kubeconfig(cluster.settings.proxyUrl === undefined ? proxy.url : bastion.url)
    },
    onClusterUp: (callback) => void callbacks.push(callback),
    async close() {
      await multicloud.close()
      await api.close()
      await fleet.close()
      for (const server of issuers.values()) await closeServer(server)
      proxy.unroute(bastionAddress)
    },
  }
  const multicloud = new Multicloud({
    management: api,
    fleet,
    publish,
    bastionUrl,
    provisioningMs: () => kubernetes.provisioningMs,
    async up({ name }) {
      for (const callback of callbacks) await callback(name)
    },
  })
  return kubernetes
}

async function openFleet<C extends AnyCluster>(keeper: Keeper<C>, proxies: Proxies, bastionUrl: string) {
  const fleet = await Fleet.open(keeper, proxies)
  try {
    return { fleet, management: fleet.get(managementName) ?? (await createManagement(fleet, bastionUrl)) }
  } catch (error) {
    await fleet.close()
    throw error
  }
}

function createManagement<C extends AnyCluster>(fleet: Fleet<C>, proxyUrl: string): Promise<C> {
  return fleet.create({
    name: managementName,
    gitVersion: 'v1.20.9-gke.300',
    host: 'management.anthos.internal',
    port: 443,
    issuer: privateIssuer,
    isManagement: true,
    proxyUrl,
  })
}

function createUserCluster<C extends AnyCluster>(fleet: Fleet<C>, wanted: UserClusterOptions): Promise<C> {
  const { name, version, issuer, isClosed } = wanted
  return fleet.create({
    name,
    gitVersion: `v${version}`,
    host: `${name}.clusters.example.com`,
    port: 443,
    issuer: issuerOf(wanted),
    isManagement: false,
    ...('installer' in issuer && { installer: issuer.installer }),
    ...(isClosed && { isClosed }),
  })
}

function issuerOf({ name, issuer }: UserClusterOptions): string {
  if ('host' in issuer) return `https://${issuer.host}`
  return 'bucket' in issuer ? `${publicBuckets}/${issuer.bucket}/${name}` : kubeadmIssuer
}

/** Whether the cluster was added with an issuer that has its own host. */
function hasIssuerHost({ settings: { issuer } }: AnyCluster): boolean {
  return !isPrivateIssuer(issuer) && !issuer.startsWith(`${publicBuckets}/`)
}
