import { join } from 'node:path'
import { ApiServerClient } from '../../../lambdas/clouds/kubernetes/client.ts'
import type { ClusterClient, ClusterTarget } from '../../../lambdas/clouds/kubernetes/cluster-client.ts'
import { type ClusterCredentials, parseClusterCredentials } from '../../../lambdas/clouds/kubernetes/credentials.ts'
import type { Manifest } from '../../../lambdas/clouds/kubernetes/object.ts'
import { refOf } from '../../../lambdas/clouds/kubernetes/object.ts'
import { ObjectApi } from '../../../lambdas/clouds/kubernetes/object-api.ts'
import { directAccess } from '../../../lambdas/clouds/kubernetes/server-access.ts'
import type { Call } from '../../../sandbox/call-log.ts'
import type { AnyCluster, ClusterIdentity } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import type { KubeObject } from '../../../sandbox/kubernetes/objects/objects.ts'
import { RealCluster } from '../../../sandbox/kubernetes/real/cluster.ts'
import { type ConnectProxy, startProxy } from '../../../sandbox/network/proxy.ts'
import { type Internet, startInternet } from '../network/internet.ts'
import { deployment } from '../steps/deployment.ts'
import { temporaryDirectory } from '../temporary.ts'
import { peer } from './kubernetes-peer.ts'

/** The URL of the bastion's proxy in requests. */
export const bastionUrl = 'http://bastion.anthos.internal:8118'

export const secretArn =
  'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/prod-eu/user-cluster-d4e5f6'

export interface ClusterOptions {
  /** Default: `1.33.2`. For a real API server one of `versionsHere`. */
  readonly version?: string
  readonly issuer?: string
  /** Has the kinds AWSCluster and AWSNodePool. */
  readonly management?: boolean
  /** Reachable only through the bastion, which its kubeconfig names. */
  readonly behindBastion?: boolean
}

export interface Clusters {
  readonly internet: Internet
  readonly bastion: ConnectProxy
  /** A cluster of the kind of this test run: emulated by the sandbox, or real processes. */
  start(name: string, options?: ClusterOptions): Promise<AnyCluster>
  /** A cluster that the sandbox emulates, in which tests can inject faults. */
  emulate(name: string, options?: ClusterOptions): Promise<Cluster>
  end(): Promise<void>
}

/** Starts clusters that this process reaches by their host names, some of them behind a bastion. */
export async function startClusters(): Promise<Clusters> {
  const internet = await startInternet()
  const bastion = await startProxy()
  internet.proxy.route('bastion.anthos.internal:8118', Number(new URL(bastion.url).port))
  const clusters: AnyCluster[] = []
  const reached = <Kind extends AnyCluster>(cluster: Kind): Kind => {
    const { host, proxyUrl } = cluster.settings
    const proxy = proxyUrl === undefined ? internet.proxy : bastion
    proxy.route(`${host}:443`, cluster.port)
    clusters.push(cluster)
    return cluster
  }
  const emulate: Clusters['emulate'] = async (name, options = {}) => {
    const { version = '1.33.2' } = options
    return reached(await Cluster.create({ ...identityOf(name, options), gitVersion: `v${version}` }))
  }
  const directory = await temporaryDirectory()
  return {
    internet,
    bastion,
    async start(name, options = {}) {
      if (!peer) return emulate(name, options)
      requireVersion(options.version)
      const settings = identityOf(name, options)
      return reached(await RealCluster.create({ binaries: peer, directory: join(directory.path, name), settings }))
    },
    emulate,
    async end() {
      await Promise.all(clusters.map((cluster) => cluster.close()))
      await directory.remove()
      await bastion.close()
      await internet.end()
    },
  }
}

function requireVersion(version: string | undefined): void {
  if (version === undefined || `v${version}` === peer?.gitVersion) return
  throw new Error(`Kubernetes ${version} is requested, but the real one is ${peer?.gitVersion}: use versionsHere`)
}

function identityOf(name: string, options: ClusterOptions): ClusterIdentity {
  return {
    name,
    host: `${name}.clusters.example`,
    port: 443,
    issuer: options.issuer ?? `https://${name}.issuer.example`,
    isManagement: options.management ?? false,
    ...(options.behindBastion && { proxyUrl: bastionUrl }),
  }
}

export interface ClientOptions {
  readonly target?: Partial<ClusterTarget>
  /** Instead of the admin's token. */
  readonly user?: Pick<ClusterCredentials, 'token' | 'client'>
  readonly signal?: AbortSignal
}

/** The product's client, by default with the admin's credentials. */
export function clientOf(cluster: AnyCluster, options: ClientOptions = {}): ClusterClient {
  const { server, ca, token = '' } = parseClusterCredentials(cluster.kubeconfig(), secretArn)
  const credentials = { server, ca, ...(options.user ?? { token }) }
  const target = { name: cluster.name, credentialsSecretArn: secretArn, ...options.target }
  return new ApiServerClient(target, directAccess(target, credentials, options.signal), {
    fieldManager: 'workload-identity',
    owner: { deployment, cluster: target.name },
    rightsCommand: 'rights',
    signal: options.signal,
  })
}

/** Writes an object by server-side apply as another field manager, such as `helm`. */
export async function writeAs(cluster: AnyCluster, fieldManager: string, manifest: Manifest): Promise<void> {
  const credentials = parseClusterCredentials(cluster.kubeconfig(), secretArn)
  const { server, token, proxyUrl } = credentials
  const endpoint = `API server of cluster ${cluster.name}`
  const { transport, timeoutMs } = directAccess({ proxyUrl }, credentials)
  const access = { endpoint, token, transport, signal: undefined, timeoutMs }
  const api = new ObjectApi({ cluster: cluster.name, server, ...access })
  await api.send({
    method: 'PATCH',
    address: refOf(manifest),
    query: { fieldManager, force: 'true' },
    body: manifest,
    contentType: 'application/apply-patch+yaml',
  })
}

/**
 * The calls of clients since the log of a cluster was cleared. It skips calls of pods, because on a real cluster the webhook of an
 * earlier test may still be stopping.
 */
export function callsTo(cluster: AnyCluster): readonly Call[] {
  return cluster.calls.all().filter(({ actor }) => !actor.startsWith('system:serviceaccount:'))
}

/** The writes to a cluster since its log was cleared, without those of its webhook: "PATCH /api/v1/…". */
export function writesTo(cluster: AnyCluster): string[] {
  return cluster.calls
    .all()
    .filter(({ write, actor }) => write && !actor.endsWith(':pod-identity-webhook'))
    .map(({ operation }) => operation)
}

/** The object in the API server. Undefined when it does not exist. */
export async function objectIn(
  cluster: AnyCluster,
  kind: string,
  { name, namespace }: { readonly name: string; readonly namespace?: string },
): Promise<KubeObject | undefined> {
  const objects = await cluster.objects(kind, namespace)
  return objects.find(({ metadata }) => metadata.name === name)
}

/** 33 for v1.33.2. */
export function minorOf({ gitVersion }: AnyCluster): number {
  return Number(/^v1\.(\d+)\./.exec(gitVersion)?.[1])
}
