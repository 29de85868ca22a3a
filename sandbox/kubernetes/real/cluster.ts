import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { KeyPair } from '../../network/certificates.ts'
import type { ApiClient } from '../api-client.ts'
import { type ClusterAuthority, createClusterAuthority, loadClusterAuthority } from '../certificates.ts'
import type { AnyCluster, ClusterIdentity, IssuerDocuments } from '../clusters/any-cluster.ts'
import { adminKubeconfig } from '../clusters/kubeconfig.ts'
import type { KubeObject } from '../objects/objects.ts'
import { allObjects } from './all-objects.ts'
import { serviceNetworkSocket, type TokenFlags } from './api-server.ts'
import { AuditLog, auditLogFile } from './audit.ts'
import type { Binaries } from './binaries.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import { serveMulticloud } from './custom-resources.ts'
import { addServiceAccountKey, createServiceAccountKey, pki, writeKeys } from './keys.ts'
import { ServedKinds } from './kinds.ts'
import { startNode } from './node.ts'
import { startServiceNetwork } from './service-network.ts'
import { type Tokens, tokensCsv, tokensFile } from './users.ts'

const stateFile = 'cluster.json'

interface StoredCluster {
  readonly settings: ClusterIdentity
  readonly tokens: Tokens
  readonly authority: KeyPair
  readonly serviceAccountKey: string
}

export interface RealClusterOptions {
  readonly binaries: Binaries
  /** The folder for keys, data and logs. It remains after `close`. */
  readonly directory: string
  /** The program for the webhook's image. Default: the sandbox's own webhook. */
  readonly webhook?: string | undefined
}

/**
 * One cluster of real processes: etcd, kube-apiserver, kube-controller-manager, and the pods of a node. They end with
 * this process. A management cluster has no node.
 */
export class RealCluster implements AnyCluster {
  readonly settings: ClusterIdentity
  readonly gitVersion: string
  readonly port: number
  readonly caPem: string
  readonly adminToken: string
  readonly calls: AuditLog
  /** Calls the API server as the sandbox itself. These calls are not logged. */
  readonly api: ApiClient
  readonly #kinds: ServedKinds
  readonly #running: Running
  readonly #directory: string
  #flags: TokenFlags

  private constructor(parts: { stored: StoredCluster; running: Running; options: RealClusterOptions }) {
    const { stored, running, options } = parts
    this.settings = stored.settings
    this.gitVersion = options.binaries.gitVersion
    this.port = running.plane.port
    this.caPem = stored.authority.certificate
    this.adminToken = stored.tokens.admin
    this.api = running.plane.api
    this.#kinds = new ServedKinds(this.gitVersion, stored.settings.isManagement)
    this.calls = new AuditLog(path.join(options.directory, auditLogFile), (resource, group) =>
      this.#kinds.kindOf(resource, group),
    )
    this.#running = running
    this.#directory = options.directory
    this.#flags = firstFlags(stored.settings.issuer)
  }

  /**
   * Starts a new cluster in an empty or missing directory.
   *
   * @throws Error with the end of the log of the program that did not start
   */
  static async create(options: RealClusterOptions & { readonly settings: ClusterIdentity }): Promise<RealCluster> {
    const { directory, settings } = options
    await mkdir(path.join(directory, 'logs'), { recursive: true, mode: 0o700 })
    const [authority, serviceAccountKey] = await Promise.all([createClusterAuthority(), createServiceAccountKey()])
    const tokens = { admin: newToken(), sandbox: newToken(), controllerManager: newToken() }
    const stored = { settings, tokens, authority: authority.export(), serviceAccountKey }
    const file = path.join(directory, stateFile)
    await writeFile(`${file}.new`, JSON.stringify(stored), { mode: 0o600 })
    await rename(`${file}.new`, file)
    return RealCluster.#start(options, stored, authority)
  }

  /** Starts the stored cluster of this directory. @throws as `create` */
  static async load(options: RealClusterOptions): Promise<RealCluster> {
    const stored: StoredCluster = JSON.parse(await readFile(path.join(options.directory, stateFile), 'utf8'))
    return RealCluster.#start(options, stored, await loadClusterAuthority(stored.authority))
  }

  static async #start(options: RealClusterOptions, stored: StoredCluster, authority: ClusterAuthority) {
    const { directory } = options
    const { serviceAccountKey, settings, tokens } = stored
    await writeKeys(directory, { authority, serviceAccountKey, host: settings.host })
    await writeFile(path.join(directory, tokensFile), tokensCsv(tokens), { mode: 0o600 })
    await writeFile(path.join(directory, auditLogFile), '', { mode: 0o600 })
    return new RealCluster({ stored, options, running: await startParts(options, stored) })
  }

  get name(): string {
    return this.settings.name
  }

  kubeconfig(proxyUrl = this.settings.proxyUrl): string {
    return adminKubeconfig(this, proxyUrl)
  }

  /** @throws Error for a kind that the sandbox does not know */
  async objects(kind: string, namespace?: string): Promise<readonly KubeObject[]> {
    const { apiVersion, path: listPath } = this.#kinds.listOf(kind, namespace)
    const { items } = await this.api.list(listPath)
    return items.map((item) => ({ ...item, apiVersion, kind }) as KubeObject)
  }

  allObjects(): Promise<readonly KubeObject[]> {
    return allObjects(this.api)
  }

  /** The path of the list of a kind's objects. @throws as `objects` */
  pathOf(kind: string, namespace?: string): string {
    return this.#kinds.listOf(kind, namespace).path
  }

  async issuerDocuments(): Promise<IssuerDocuments> {
    const [discovery, keySet] = await Promise.all([
      this.api.call('GET', '/.well-known/openid-configuration'),
      this.api.call('GET', '/openid/v1/jwks'),
    ])
    return { discovery, keySet }
  }

  get tokenFlags(): TokenFlags {
    return this.#flags
  }

  /** Creates a new key for the API server. Returns its path, for `restart`. */
  addServiceAccountKey(): Promise<string> {
    return addServiceAccountKey(this.#directory)
  }

  /**
   * Restarts the API server with changed flags, as an administrator would. After `close` and `load`, the cluster has
   * its original flags again.
   *
   * @throws Error with the end of the log when the API server does not start
   */
  async restart(changed: Partial<TokenFlags>): Promise<void> {
    this.#flags = { ...this.#flags, ...changed }
    await this.#running.plane.restart(this.#flags)
  }

  async close(): Promise<void> {
    await closeAll(this.#running.parts)
  }
}

function firstFlags(issuer: string): TokenFlags {
  return { issuers: [issuer], signingKey: pki.serviceAccounts, keys: [pki.serviceAccounts] }
}

interface Running {
  readonly plane: ControlPlane
  /** The running parts. The part that was started last is the first. */
  readonly parts: readonly Part[]
}

interface Part {
  close(): Promise<void>
}

async function startParts(
  options: RealClusterOptions,
  { settings, tokens, authority }: StoredCluster,
): Promise<Running> {
  const { binaries, directory, webhook } = options
  const parts: Part[] = []
  try {
    const flags = firstFlags(settings.issuer)
    const plane = await startControlPlane({ binaries, directory, flags, caPem: authority.certificate, tokens })
    parts.unshift(plane)
    if (settings.isManagement) await serveMulticloud(plane.api)
    else
      await startNetwork({
        directory,
        plane,
        caPem: authority.certificate,
        webhook,
        keep: (part) => parts.unshift(part),
      })
    return { plane, parts }
  } catch (error) {
    await closeAll(parts)
    const cause = error instanceof Error ? error.message : String(error)
    throw new Error(`Cluster ${settings.name} of Kubernetes ${binaries.gitVersion} did not start: ${cause}`)
  }
}

interface NetworkParts {
  readonly directory: string
  readonly plane: ControlPlane
  readonly caPem: string
  readonly webhook: string | undefined
  keep(part: Part): void
}

/** Starts a node for the pods, and the connection from the API server to their Services. */
async function startNetwork({ directory, plane, caPem, webhook, keep }: NetworkParts): Promise<void> {
  const node = await startNode({
    client: plane.api,
    apiPort: plane.port,
    caPem,
    directory: path.join(directory, 'node'),
    webhook,
  })
  keep(node)
  const socket = path.join(directory, serviceNetworkSocket)
  keep(await startServiceNetwork(socket, node.portOf))
}

async function closeAll(parts: readonly Part[]): Promise<void> {
  for (const part of parts) await part.close()
}

function newToken(): string {
  return randomBytes(24).toString('base64url')
}
