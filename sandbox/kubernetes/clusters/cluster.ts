import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MemoryCallLog } from '../../call-log.ts'
import { MemoryFaults } from '../../faults.ts'
import type { KeyPair } from '../../network/certificates.ts'
import { type ClusterAuthority, createClusterAuthority, loadClusterAuthority } from '../certificates.ts'
import type { ClusterContext, Endpoints } from '../context.ts'
import { type Controllers, startControllers } from '../controllers/index.ts'
import { madeMetadata } from '../controllers/writes.ts'
import { type ServedType, typesServed } from '../kinds/resources.ts'
import type { JsonObject, KubeObject } from '../objects/objects.ts'
import { Store } from '../objects/store.ts'
import type { User } from '../requests/authentication.ts'
import { putBootstrapRoles } from '../requests/bootstrap-roles.ts'
import { EmulatedApiServer } from '../requests/server.ts'
import { type Issuers, type StoredSigner, TokenSigner } from '../tokens.ts'
import type { AnyCluster, ClusterIdentity, IssuerDocuments } from './any-cluster.ts'
import { isPrivateIssuer } from './issuers.ts'
import { kubeadmNodes } from './kubeadm-nodes.ts'
import { adminKubeconfig } from './kubeconfig.ts'

export interface ClusterSettings extends ClusterIdentity {
  /** `v1.20.9-gke.300` */
  readonly gitVersion: string
  /** The installer of the cluster's nodes. Without an installer, the cluster has no Node objects. */
  readonly installer?: 'kubeadm'
}

interface StoredCluster extends StoredSigner {
  readonly settings: ClusterSettings
  readonly adminToken: string
  readonly authority: KeyPair
  readonly resourceVersion: number
  readonly objects: KubeObject[]
}

/** An emulated cluster, with its API server, keys, objects and controllers. */
export class Cluster implements AnyCluster, ClusterContext {
  readonly settings: ClusterSettings
  readonly minor: number
  readonly types: readonly ServedType[]
  readonly store: Store
  readonly authority: ClusterAuthority
  readonly adminToken: string
  readonly calls = new MemoryCallLog()
  readonly faults = new MemoryFaults()
  signer: TokenSigner
  /** If false, /readyz responds like an API server that has not loaded its RBAC roles yet. */
  isReady = true
  #isSchedulable = true
  #server: EmulatedApiServer | undefined
  #controllers: Controllers | undefined

  private constructor(parts: {
    settings: ClusterSettings
    authority: ClusterAuthority
    signer: TokenSigner
    store: Store
    adminToken: string
  }) {
    this.settings = parts.settings
    this.minor = Number(/^v1\.(\d+)\./.exec(parts.settings.gitVersion)?.[1])
    this.types = typesServed(this.minor, parts.settings.isManagement)
    this.store = parts.store
    this.authority = parts.authority
    this.adminToken = parts.adminToken
    this.signer = parts.signer
  }

  static async create(settings: ClusterSettings): Promise<Cluster> {
    const store = new Store()
    const cluster = new Cluster({
      settings,
      store,
      authority: await createClusterAuthority(),
      signer: TokenSigner.create([settings.issuer], jwksUriOf(settings)),
      adminToken: randomBytes(24).toString('base64url'),
    })
    await cluster.#start()
    for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease'])
      store.put(systemNamespace(name, cluster.minor))
    if (settings.installer) for (const node of kubeadmNodes(settings.name, settings.gitVersion)) store.put(node)
    return cluster
  }

  static async load(file: string): Promise<Cluster> {
    const stored: StoredCluster = JSON.parse(await readFile(file, 'utf8'))
    const cluster = new Cluster({
      settings: stored.settings,
      store: new Store(stored),
      authority: await loadClusterAuthority(stored.authority),
      signer: TokenSigner.load(stored, stored.settings.issuer, jwksUriOf(stored.settings)),
      adminToken: stored.adminToken,
    })
    await cluster.#start()
    return cluster
  }

  /** Writes everything that `load` needs to a file of mode 0600. */
  async save(directory: string): Promise<void> {
    const stored: StoredCluster = {
      settings: this.settings,
      adminToken: this.adminToken,
      authority: this.authority.export(),
      ...this.signer.export(),
      resourceVersion: this.store.resourceVersion,
      objects: this.store.all(),
    }
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const file = join(directory, `${this.settings.name}.json`)
    await writeFile(`${file}.new`, JSON.stringify(stored), { mode: 0o600 })
    await rename(`${file}.new`, file)
  }

  get name(): string {
    return this.settings.name
  }

  get gitVersion(): string {
    return this.settings.gitVersion
  }

  get port(): number {
    return this.#server?.port ?? 0
  }

  get caPem(): string {
    return this.authority.caPem
  }

  get endpoints(): Endpoints {
    if (!this.#controllers) throw new Error(`cluster ${this.name} is not started`)
    return this.#controllers.endpoints
  }

  /** If false, no new pod gets a node, so its Deployment never becomes available. */
  get isSchedulable(): boolean {
    return this.#isSchedulable
  }

  set isSchedulable(value: boolean) {
    this.#isSchedulable = value
    this.#controllers?.poke()
  }

  /**
   * The admin's kubeconfig, as YAML.
   *
   * @param proxyUrl default: the proxy by which functions reach the cluster, if any
   */
  kubeconfig(proxyUrl = this.settings.proxyUrl): string {
    return adminKubeconfig(this, proxyUrl)
  }

  objects(kind: string, namespace?: string): KubeObject[] {
    return this.store.list(kind, namespace)
  }

  allObjects(): KubeObject[] {
    return this.store.all()
  }

  async issuerDocuments(): Promise<IssuerDocuments> {
    return { discovery: this.signer.discovery(), keySet: await this.signer.keySet() }
  }

  /** Adds a CertificateSigningRequest as if this user had created it, without checking RBAC. */
  addCertificateRequest({ name, user, spec }: { name: string; user: User; spec: JsonObject }): KubeObject {
    const { name: username, uid, groups } = user
    return this.store.put({
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: madeMetadata(name),
      spec: { ...spec, username, uid, groups: [...groups] },
      status: {},
    })
  }

  /** Replaces the key for service account tokens. Tokens of the old key are rejected from then on. */
  rotateKeys(): void {
    this.signer = TokenSigner.create(this.signer.issuers, jwksUriOf(this.settings))
  }

  /**
   * Simulates a restart of the API server with these --service-account-issuer flags. New tokens have the first issuer.
   * Tokens of the other issuers are still accepted.
   *
   * @throws Error for several issuers on Kubernetes before 1.22, where the flag cannot be repeated
   */
  setIssuers(issuers: Issuers): void {
    if (issuers.length > 1 && this.minor < 22)
      throw new Error(`${this.gitVersion} accepts only one --service-account-issuer`)
    this.signer.setIssuers(issuers)
  }

  async close(): Promise<void> {
    await this.#controllers?.close()
    await this.#server?.close()
  }

  async #start(): Promise<void> {
    putBootstrapRoles(this.store)
    const names = [this.settings.host, 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', '127.0.0.1']
    const serving = await this.authority.issueServer(names)
    const { adminToken, calls, faults } = this
    this.#server = new EmulatedApiServer({ cluster: this, adminToken, serving, calls, faults })
    await this.#server.listen()
    this.#controllers = startControllers(this)
  }
}

/**
 * Returns the key set's address for a private issuer. A cluster with such an issuer does not set
 * --service-account-jwks-uri, so the address is the API server's own (pkg/serviceaccount/openidmetadata.go).
 */
function jwksUriOf({ issuer, host, port }: ClusterSettings): string | undefined {
  return isPrivateIssuer(issuer) ? `https://${host}:${port}/openid/v1/jwks` : undefined
}

function systemNamespace(name: string, minor: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { ...madeMetadata(name), ...(minor >= 21 && { labels: { 'kubernetes.io/metadata.name': name } }) },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }
}
