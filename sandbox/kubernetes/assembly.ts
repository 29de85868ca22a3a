import type { Server } from 'node:https'
import { closeServer } from '../network/listen.ts'
import type { AnyCluster } from './clusters/any-cluster.ts'
import { Fleet, type Keeper, type Proxies } from './clusters/fleet.ts'
import { isPrivateIssuer, kubeadmIssuer, privateIssuer, publishToBucket, serveIssuer } from './clusters/issuers.ts'
import type { ManagementApi } from './clusters/management.ts'
import { Multicloud } from './clusters/multicloud.ts'
import type { Kubernetes, KubernetesOptions, UserClusterOptions } from './index.ts'

const bastionAddress = 'bastion.anthos.internal:8118'
const managementName = 'management'
const publicBuckets = 'https://storage.googleapis.com'

export interface ClusterKind<C extends AnyCluster> {
  readonly keeper: Keeper<C>
  management(cluster: C): ManagementApi
}

/** The Kubernetes side of the sandbox, with clusters of either implementation. */
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
  const { name, version, issuer } = wanted
  return fleet.create({
    name,
    gitVersion: `v${version}`,
    host: `${name}.clusters.example.com`,
    port: 443,
    issuer: issuerOf(wanted),
    isManagement: false,
    ...('installer' in issuer && { installer: issuer.installer }),
  })
}

function issuerOf({ name, issuer }: UserClusterOptions): string {
  if ('host' in issuer) return `https://${issuer.host}`
  return 'bucket' in issuer ? `${publicBuckets}/${issuer.bucket}/${name}` : kubeadmIssuer
}

/** True for a cluster that was added with an issuer at a host of its own. */
function hasIssuerHost({ settings: { issuer } }: AnyCluster): boolean {
  return !isPrivateIssuer(issuer) && !issuer.startsWith(`${publicBuckets}/`)
}
