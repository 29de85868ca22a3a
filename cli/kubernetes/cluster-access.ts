import {
  ApiException,
  type Cluster,
  CoreV1Api,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
  type User,
  VersionApi,
} from '@kubernetes/client-node'
import * as z from 'zod/mini'
import { jsonIn } from '../../client/json.ts'
import { CommandError, WrongUse } from '../errors.ts'

/** An object of the Kubernetes API. */
export const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.exactOptional(z.string()) }),
})

export type Manifest = z.output<typeof manifest>

/** The command's field manager. */
const fieldManager = 'workload-identity-cli'

export interface AccountToken {
  readonly token: string
  readonly expiresAt: Date
}

/** A cluster by address and credentials, without a kubeconfig. */
export function clusterAccess(cluster: Cluster, user: Omit<User, 'name'>): ClusterAccess {
  const config = new KubeConfig()
  config.loadFromClusterAndUser(cluster, { ...user, name: 'user' })
  return new ClusterAccess(config)
}

/** The API server is not reachable from this machine. */
export class ClusterUnreachable extends CommandError {
  override readonly name = 'ClusterUnreachable'
}

/** A cluster of a kubeconfig. Methods throw a CommandError when the cluster rejects a call or does not respond. */
export class ClusterAccess {
  readonly #config: KubeConfig
  readonly #objects: KubernetesObjectApi
  /** From the kubeconfig. */
  readonly cluster: Cluster

  /** @throws {WrongUse} when the kubeconfig's context names no cluster */
  constructor(config: KubeConfig) {
    const cluster = config.getCurrentCluster()
    if (!cluster) throw new WrongUse('The context of the kubeconfig names no cluster.')
    this.#config = config
    this.#objects = KubernetesObjectApi.makeApiClient(config)
    this.cluster = cluster
  }

  /** The same cluster with these credentials. */
  withCredentials(user: Omit<User, 'name'>): ClusterAccess {
    return clusterAccess(this.cluster, user)
  }

  get server(): string {
    return this.cluster.server
  }

  /** 33 for Kubernetes 1.33. */
  async minor(): Promise<number> {
    const { minor } = await this.#ask('to return its version', () => this.#config.makeApiClient(VersionApi).getCode())
    // Some distributions write "33+".
    return Number.parseInt(minor, 10)
  }

  /** Returns the object, or undefined when it does not exist. */
  async read({ apiVersion, kind, metadata: { name, namespace } }: Manifest): Promise<KubernetesObject | undefined> {
    const metadata = { name, ...(namespace !== undefined && { namespace }) }
    return this.#ask(`to read ${kind} ${name}`, () =>
      this.#objects.read({ apiVersion, kind, metadata }).catch((error: unknown) => {
        if (error instanceof ApiException && error.code === 404) return undefined
        throw error
      }),
    )
  }

  /**
   * Uses server-side apply with force, which takes over the fields of other managers. The commands show the changes
   * first, except with JSON output.
   */
  async apply(object: Manifest): Promise<void> {
    await this.#ask(`to apply ${object.kind} ${object.metadata.name}`, () =>
      this.#objects.patch(object, undefined, undefined, fieldManager, true, PatchStrategy.ServerSideApply),
    )
  }

  /** A service account token for the API server. The server may shorten the lifetime. */
  async tokenOf({ name, namespace = '' }: Manifest['metadata'], expirationSeconds: number): Promise<AccountToken> {
    const { status } = await this.#ask(`to create a token of ${namespace}/${name}`, () =>
      this.#config.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({
        name,
        namespace,
        body: { spec: { audiences: [], expirationSeconds } },
      }),
    )
    const { token, expirationTimestamp: expiresAt } = status ?? {}
    if (token !== undefined && expiresAt) return { token, expiresAt }
    throw new CommandError(
      `${this.server} issues no tokens of service accounts: the cluster needs Kubernetes 1.20 or newer.`,
    )
  }

  async #ask<Answer>(what: string, call: () => Promise<Answer>): Promise<Answer> {
    try {
      return await call()
    } catch (error) {
      if (error instanceof ApiException) throw new CommandError(refusalOf(this.server, what, error))
      throw unreachable(this.server, error)
    }
  }
}

const status = z.object({ message: z.string() })

function unreachable(server: string, error: unknown): ClusterUnreachable {
  const { cause } = error instanceof Error ? error : {}
  const reason = cause instanceof Error ? cause.message : String(error)
  return new ClusterUnreachable(
    `${server} does not answer (${reason}). Check the kubeconfig and the network, and try again.`,
  )
}

/** The message for a rejection, with the server's message. The library's message repeats the complete response. */
function refusalOf(server: string, what: string, error: ApiException<unknown>): string {
  const said =
    status.safeParse(typeof error.body === 'string' ? jsonIn(error.body) : error.body).data?.message ??
    `it answered ${error.code}`
  const advice =
    error.code === 401
      ? 'Sign in to the cluster again.'
      : 'This needs administrator rights in the cluster: name another kubeconfig or context.'
  return `${server} refuses ${what}: ${said}. ${advice}`
}
