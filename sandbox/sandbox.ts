import path from 'node:path'
import { noteEnd, undoAfterKill } from './after-kill.ts'
import type { Deployment } from './aws/deploy.ts'
import { type Edge, startEdge } from './aws/edge.ts'
import { type Aws, startAws } from './aws/server.ts'
import { deployOnce, type ShowProgress } from './deployment.ts'
import { PortalFiles } from './gateway/portal-files.ts'
import { type Gateway, startGateway } from './gateway/server.ts'
import { managementServiceAccount } from './google/project.ts'
import { type Google, startGoogle } from './google/server.ts'
import type { AnyCluster } from './kubernetes/clusters/any-cluster.ts'
import { Cluster } from './kubernetes/clusters/cluster.ts'
import type { Kubernetes } from './kubernetes/index.ts'
import { emulatedKubernetes, type KubernetesKind } from './kubernetes/kinds/kind.ts'
import { localUsers } from './local-users.ts'
import { lockState } from './lock.ts'
import { type Authority, createAuthority } from './network/authority.ts'
import { KeptPorts } from './network/kept-ports.ts'
import { type ConnectProxy, startProxy } from './network/proxy.ts'
import { hostedIssuer, issuersLine } from './own-clusters/issuers-line.ts'
import { SecretKeeper } from './secrets.ts'

/** The complete system on one machine. */
export interface Sandbox<C extends AnyCluster = Cluster> {
  readonly authority: Authority
  /** The company's egress proxy, for all public names. */
  readonly proxy: ConnectProxy
  /** The bastion host's proxy. Only this proxy reaches the management cluster and its user clusters. */
  readonly bastion: ConnectProxy
  readonly google: Google
  readonly kubernetes: Kubernetes<C>
  readonly aws: Aws
  readonly deployment: Deployment
  /** The public hosts of the deployment's CloudFront distributions, if any. */
  readonly edge: Edge
  readonly secrets: SecretKeeper
  readonly gateway: Gateway
  close(): Promise<void>
}

export interface SandboxOptions {
  /** The folder of the state, which the next start uses. */
  readonly directory: string
  /** The Python of the virtual environment with sandbox/requirements.txt. */
  readonly python: string
  /** The port to try first for the API; 0 for any. Omitted: the port of the previous start, or 8080. */
  readonly port?: number | undefined
  /** The folder with the portal's files. Omitted: the port serves only the API. */
  readonly portal?: string
  /** A factor for the waits of state machines: with 0.05, a wait of 20 seconds takes one second. */
  readonly waitScale: number
  /** The maximum number of concurrent function processes. Omitted: as many as fit into 3 GB of memory. */
  readonly functionProcesses?: number
  /** Milliseconds by which the clock of functions is ahead of all other clocks. Omitted: 0. */
  readonly functionClockAheadMs?: number
  /** Called with each part before the part starts. */
  readonly report: (part: string) => void
  /** Omitted: the deployment shows no progress. */
  readonly showProgress?: ShowProgress
}

/**
 * Starts every part of the sandbox, and deploys the product into it. If a part fails, closes all parts that have
 * started or are still starting.
 */
export function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  return startSandboxWith(emulatedKubernetes, options)
}

export async function startSandboxWith<C extends AnyCluster>(
  kind: KubernetesKind<C>,
  options: SandboxOptions,
): Promise<Sandbox<C>> {
  const starting: Promise<{ close(): Promise<void> }>[] = []
  const keep: Keep = (part) => {
    starting.push(part)
    return part
  }
  const close = () => closeAll(starting.splice(0).reverse())
  try {
    return { ...(await startParts(kind, options, keep)), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Closes the parts one after the other, even if one fails. @throws the first failure */
async function closeAll(parts: readonly Promise<{ close(): Promise<void> }>[]): Promise<void> {
  const failures: unknown[] = []
  for (const starting of parts) {
    const part = await starting.catch(() => undefined)
    await part?.close().catch((error: unknown) => failures.push(error))
  }
  if (failures.length > 0) throw failures[0]
}

type Keep = <T extends { close(): Promise<void> }>(starting: Promise<T>) => Promise<T>

async function startParts<C extends AnyCluster>(
  kind: KubernetesKind<C>,
  options: SandboxOptions,
  keep: Keep,
): Promise<Omit<Sandbox<C>, 'close'>> {
  const { directory, python, report } = options
  const folder = (name: string) => path.join(directory, name)
  await keep(lockState(directory))
  await undoAfterKill(directory)
  // Parts are closed in reverse order, so this runs when all parts below have been closed.
  await keep(Promise.resolve({ close: () => noteEnd(directory) }))

  report('Network: certificate authority, egress proxy, bastion')
  const authority = await createAuthority(folder('authority'))
  const ports = await KeptPorts.open(folder('ports.json'), report, { 'the API': 8080 })
  const proxy = await keep(ports.listen('the egress proxy', startProxy))
  const bastion = await keep(ports.listen('the bastion', startProxy))
  const { url: ownProxyUrl } = await keep(proxy.anotherWay())
  const environment = egressEnvironment(proxy, authority)

  report('Google: Cloud Storage and its token endpoint; AWS: IAM, STS, Step Functions, Lambda')
  const [google, aws] = await Promise.all([
    keep(startGoogle({ authority, proxy, directory: folder('google') })),
    keep(
      ports.listen('AWS', (port) =>
        startAws({
          python,
          directory: folder('aws'),
          environment,
          ownProxyUrl,
          auth: true,
          port,
          functionProcesses: options.functionProcesses,
          functionClockAheadMs: options.functionClockAheadMs,
        }),
      ),
    ),
  ])

  report(`Kubernetes: ${kind.title}`)
  const publish = google.publishAs(managementServiceAccount)
  const kubernetes = await keep(kind.start({ authority, proxy, bastion, directory: folder('kubernetes'), publish }))

  report('The product: cdk deploy, unless it is there already')
  const deployment = await deployOnce(aws, folder('cdk'), options.showProgress)
  const edge = await keep(startEdge({ aws, authority, proxy }))
  await aws.setWaitScale(options.waitScale)
  const secrets = new SecretKeeper(aws.endpoint)
  await secrets.keep('google-credentials', google.credentials)
  kubernetes.onClusterUp(async (name) => {
    await secrets.keep(`${name}/user-cluster`, kubernetes.kubeconfig(name))
  })

  report('The local port')
  const gateway = await keep(startLocalPort({ aws, kubernetes, deployment }, ports, options))
  await ports.keep()
  return { authority, proxy, bastion, google, kubernetes, aws, deployment, edge, secrets, gateway }
}

/** Starts the gateway. It signs each request, so the portal needs no sign-in. */
async function startLocalPort<C extends AnyCluster>(
  { aws, kubernetes, deployment }: Pick<Sandbox<C>, 'aws' | 'kubernetes' | 'deployment'>,
  ports: KeptPorts,
  options: SandboxOptions,
): Promise<Gateway> {
  const users = await localUsers(aws.endpoint, deployment.api.id)
  const portal = options.portal === undefined ? undefined : await PortalFiles.read(options.portal, { api: '' })
  const issuerCommand = (name: string) => issuerCommandOf(kubernetes.cluster(name), deployment)
  const upstream = { ...deployment.api, users }
  return ports.listen(
    'the API',
    (firstPort) => startGateway(upstream, { firstPort, portal, issuerCommand }),
    options.port,
  )
}

/** Returns undefined for a real cluster, because a real API server has its issuers on its command line. */
function issuerCommandOf(cluster: AnyCluster | undefined, deployment: Deployment): string | undefined {
  if (!(cluster instanceof Cluster)) return undefined
  const { name, minor, signer } = cluster
  const hosted = hostedIssuer(deployment, name)
  const others = signer.issuers.filter((issuer) => issuer !== hosted)
  return issuersLine(name, minor < 22 ? [hosted] : [hosted, ...others])
}

/** The environment of functions behind a company's egress proxy; see https://nodejs.org/api/cli.html. */
function egressEnvironment(proxy: ConnectProxy, authority: Authority): Record<string, string> {
  return {
    HTTPS_PROXY: proxy.url,
    NO_PROXY: '127.0.0.1',
    NODE_EXTRA_CA_CERTS: authority.caFile,
  }
}
