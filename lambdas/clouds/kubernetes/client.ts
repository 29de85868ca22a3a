import type { KubernetesObject, V1CertificateSigningRequest } from '@kubernetes/client-node'
import { ApiException } from '@kubernetes/client-node/dist/gen/index.js'
import * as z from 'zod/mini'
import { AccessDenied, StepError, Unreachable, Unsupported, UntrustedCertificate } from '../../errors/step-errors.ts'
import { type Access, type AccessRule, accessRule } from './access.ts'
import {
  type ApiCall,
  apiError,
  isUnknownPath,
  mayBeReadingRoles,
  missingResourceType,
  stillStarting,
} from './api-error.ts'
import { type ApiStatus, parseApiStatus } from './api-status.ts'
import { builtInType, isCustom, knownType } from './built-in-types.ts'
import type {
  Applied,
  ApplyMode,
  ClusterClient,
  ClusterTarget,
  CredentialsFacts,
  ListOptions,
  NewObject,
  ObjectOf,
  ObjectType,
} from './cluster-client.ts'
import { connectionText } from './connection-text.ts'
import { tokenContainsSecret } from './echo.ts'
import { conflictsOf } from './field-conflict.ts'
import { displayName, type Manifest, type ObjectOwner, type ObjectRef, refOf } from './object.ts'
import { type Address, type ApiRequest, isObject, ObjectApi } from './object-api.ts'
import { type ObjectMetadata, objectMetadata } from './object-metadata.ts'
import type { ServerAccess } from './server-access.ts'
import { isPlural } from './shown.ts'
import { parseVersion, type ServerVersion } from './version.ts'

/** JSON is valid YAML. https://kubernetes.io/docs/reference/using-api/server-side-apply/#api-implementation */
const applyPatch = 'application/apply-patch+yaml'
/** https://www.rfc-editor.org/rfc/rfc7386 */
const mergePatch = 'application/merge-patch+json'

/**
 * Requests only the metadata of objects. A server that does not know this media type sends complete objects.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches
 */
const metadataOnly = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io, application/json'

type AttemptedCall = Pick<ApiCall, 'verb' | 'resource' | 'object'>

const tokenRequest = z.object({ status: z.object({ token: z.string(), expirationTimestamp: z.string() }) })

const rulesReview = z.object({ status: z.object({ resourceRules: z.nullish(z.array(accessRule)) }) })
const accessReview = z.object({ status: z.object({ allowed: z.boolean() }) })

interface List<Item> extends KubernetesObject {
  /** A list of metadata has null instead of an empty list. */
  readonly items: Item[] | null
}

/**
 * The objects in one response. An agent's answer has at most 380,000 characters after compression, and the parts of 50
 * certificate requests that do not compress are half of that.
 */
const pageSize = 50

/** Ends a list whose server always sends another page. */
const mostListed = 20_000

/** How often a list starts again because its pages have expired. */
const mostRestarts = 2

interface ClientOptions {
  readonly fieldManager: string
  readonly owner: ObjectOwner
  /** The command that prints the rights that the credentials need. With --apply, it grants the rights. */
  readonly rightsCommand: string
  readonly signal: AbortSignal | undefined
}

/** https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery */
const keySetPath = '/openid/v1/jwks'

/** Everyone may read both paths: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles */
const versionPath = '/version'
const readyPath = '/readyz'

/** A {@link ClusterClient} that uses the library's generic client. */
export class ApiServerClient implements ClusterClient {
  readonly server: string
  readonly authorities: string
  readonly credentials: CredentialsFacts
  readonly owner: ObjectOwner
  readonly #target: ClusterTarget
  readonly #api: ObjectApi
  readonly #token: string | undefined
  readonly #endpoint: string
  readonly #fieldManager: string
  readonly #rightsCommand: string

  constructor(target: ClusterTarget, access: ServerAccess, options: ClientOptions) {
    const { fieldManager, owner, rightsCommand, signal } = options
    const { server, authorities, credentials, token, transport, timeoutMs } = access
    this.server = server
    this.authorities = authorities
    this.credentials = credentials
    this.owner = owner
    this.#target = target
    this.#fieldManager = fieldManager
    this.#rightsCommand = rightsCommand
    this.#token = token
    this.#endpoint = `API server of cluster ${target.name} (${server})`
    this.#api = new ObjectApi({
      cluster: target.name,
      server,
      endpoint: this.#endpoint,
      token,
      transport,
      signal,
      timeoutMs,
    })
  }

  async version(): Promise<ServerVersion> {
    try {
      return parseVersion(await this.#api.readPath(versionPath), this.#target.name)
    } catch (error) {
      throw await this.#failure(error, { verb: 'get', resource: versionPath, object: `cluster ${this.#target.name}` })
    }
  }

  async keySet(): Promise<unknown> {
    try {
      // The server offers the key set only in this media type, and answers 406 to a request for JSON.
      return await this.#api.readPath(keySetPath, 'application/jwk-set+json')
    } catch (error) {
      const attempted = { verb: 'get', resource: keySetPath, object: `key set of cluster ${this.#target.name}` }
      throw await this.#unlessStarting(keySetError(error, this.#target) ?? this.#explained(error, attempted))
    }
  }

  async serves(apiVersion: string, kind: string): Promise<boolean> {
    try {
      return (await this.#api.discovered(apiVersion, kind)) !== undefined
    } catch (error) {
      throw await this.#failure(error, { verb: 'get', resource: apiVersion, object: `${kind} (${apiVersion})` })
    }
  }

  async get<Version extends string, Kind extends string>(
    ref: ObjectRef & { readonly apiVersion: Version; readonly kind: Kind },
  ): Promise<ObjectOf<Version, Kind> | undefined> {
    return this.#ofKind(ref, await this.#find<ObjectOf<Version, Kind>>({ method: 'GET', address: ref }))
  }

  async list<Version extends string, Kind extends string>(
    type: { readonly apiVersion: Version; readonly kind: Kind; readonly namespace?: string },
    { labelSelector, fieldSelector, limit }: ListOptions = {},
  ): Promise<ObjectOf<Version, Kind>[]> {
    // The library drops `continue` from a list of a type that it does not know, and leaves the items as they are.
    const raw = builtInType(type.apiVersion, type.kind) === undefined
    return this.#listed({ method: 'GET', address: type, query: { labelSelector, fieldSelector }, raw }, limit)
  }

  async listMetadata(
    type: ObjectType,
    { labelSelector, fieldSelector, limit }: ListOptions = {},
  ): Promise<ObjectMetadata[]> {
    const query = { labelSelector, fieldSelector }
    const request = { method: 'GET', address: type, query, accept: metadataOnly, raw: true } as const
    const parsed = z.array(objectMetadata).safeParse(await this.#listed(request, limit))
    if (!parsed.success) throw this.#notKubernetes()
    return parsed.data
  }

  async read(ref: ObjectRef): Promise<KubernetesObject | undefined> {
    return this.#ofKind(ref, await this.#find({ method: 'GET', address: ref, raw: true }))
  }

  async serverSideApply(manifest: Manifest, { dryRun, force }: ApplyMode): Promise<Applied> {
    const address = refOf(manifest)
    const query = { fieldManager: this.#fieldManager, force: String(force), dryRun: dryRun ? 'All' : undefined }
    const request = { method: 'PATCH', address, query, body: manifest, contentType: applyPatch, raw: true } as const
    try {
      return { object: await this.#api.send(request) }
    } catch (error) {
      const conflicts = error instanceof ApiException && error.code === 409 ? conflictsOf(statusOf(error)) : []
      if (conflicts.length > 0) return { conflicts }
      throw await this.#failureAt(error, { verb: 'patch', address })
    }
  }

  create<Version extends string, Kind extends string>(
    object: NewObject<Version, Kind>,
    options: { readonly dryRun?: boolean } = {},
  ): Promise<ObjectOf<Version, Kind>> {
    const { apiVersion, kind, metadata } = object
    const address = { apiVersion, kind, namespace: metadata.namespace }
    const query = { fieldManager: this.#fieldManager, dryRun: options.dryRun ? 'All' : undefined }
    const named = nameOf({ ...address, name: metadata.name ?? metadata.generateName })
    return this.#send('create', { method: 'POST', address, query, body: object }, named)
  }

  async restart(ref: ObjectRef, at: string, { dryRun }: { readonly dryRun?: boolean } = {}): Promise<boolean> {
    // https://github.com/kubernetes/kubectl/blob/master/pkg/polymorphichelpers/objectrestarter.go
    const annotations = { 'kubectl.kubernetes.io/restartedAt': at }
    const body = { spec: { template: { metadata: { annotations } } } }
    const query = { fieldManager: this.#fieldManager, ...dryRunOf(dryRun) }
    const patched = await this.#find({ method: 'PATCH', address: ref, query, body, contentType: mergePatch }, 'patch')
    return patched !== undefined
  }

  async replaceApproval(request: V1CertificateSigningRequest): Promise<void> {
    const address = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest' }
    await this.#send('update', {
      method: 'PUT',
      address: { ...address, name: request.metadata?.name, subresource: 'approval' },
      query: { fieldManager: this.#fieldManager },
      body: { ...address, ...request },
    })
  }

  async delete(
    ref: ObjectRef,
    seen?: KubernetesObject,
    { dryRun }: { readonly dryRun?: boolean } = {},
  ): Promise<boolean> {
    const { uid, resourceVersion } = seen?.metadata ?? {}
    // The server reads the options from the body and ignores the query. The query shows in logs that this is a dry run.
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      ...(seen && { preconditions: { uid, resourceVersion } }),
      ...(dryRun && { dryRun: ['All'] }),
    }
    try {
      await this.#api.send({ method: 'DELETE', address: ref, query: dryRunOf(dryRun), body })
      return true
    } catch (error) {
      if (isNotFound(error, ref)) return false
      throw await this.#failureAt(error, { verb: 'delete', address: ref })
    }
  }

  async patchMetadata(
    ref: ObjectRef,
    { metadata: { uid, resourceVersion } = {} }: KubernetesObject,
    { dryRun, ...patch }: Parameters<ClusterClient['patchMetadata']>[2],
  ): Promise<void> {
    await this.#send('patch', {
      method: 'PATCH',
      address: ref,
      query: { fieldManager: this.#fieldManager, ...dryRunOf(dryRun) },
      body: { metadata: { ...patch, uid, resourceVersion } },
      contentType: 'application/merge-patch+json',
    })
  }

  async contentsOf(namespace: string): Promise<readonly KubernetesObject[]> {
    const object = `what is in Namespace ${namespace}`
    const types = await this.#api.listableInNamespaces().catch(async (error: unknown) => {
      throw await this.#failure(error, { verb: 'get', resource: '/apis', object })
    })
    const lists = await Promise.all(types.map((type) => this.#metadataOf({ ...type, namespace })))
    return lists.flat()
  }

  /**
   * Reads at most 500 objects of a type. One teardown removes fewer service accounts from a namespace. If the
   * namespace also has accounts of other owners, at least one of them is in the result. A type that was removed after
   * the discovery counts as a type without objects, as in Kubernetes' own deletion of namespaces:
   * https://github.com/kubernetes/kubernetes/blob/v1.37.0/pkg/controller/namespace/deletion/namespaced_resources_deleter.go
   */
  async #metadataOf(address: Address): Promise<KubernetesObject[]> {
    const request = { method: 'GET', address, query: { limit: '500' }, accept: metadataOnly, raw: true } as const
    const list = await this.#find<List<KubernetesObject>>(request, 'list')
    return this.#itemsOf(list ?? { items: [] }).map(({ metadata }) => ({
      kind: address.kind,
      ...(metadata && { metadata }),
    }))
  }

  /** Reads the pages of a list, at most `limit` objects. */
  async #listed<Item extends KubernetesObject>(request: ApiRequest, limit = mostListed): Promise<Item[]> {
    for (let restarts = 0; ; restarts += 1) {
      try {
        return await this.#pages<Item>(request, limit)
      } catch (error) {
        // The token of the next page expires after some minutes:
        // https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
        const isExpired = error instanceof ApiException && error.code === 410 && restarts < mostRestarts
        if (!isExpired) throw await this.#failureAt(error, { verb: 'list', address: request.address })
      }
    }
  }

  async #pages<Item extends KubernetesObject>(request: ApiRequest, limit: number): Promise<Item[]> {
    const items: Item[] = []
    let next: string | undefined
    do {
      const size = String(Math.min(pageSize, limit - items.length))
      const list = await this.#api.send<List<Item>>({
        ...request,
        query: { ...request.query, limit: size, continue: next },
      })
      items.push(...this.#itemsOf(list))
      next = continueOf(list)
    } while (next !== undefined && items.length < limit)
    if (next !== undefined && limit === mostListed) throw tooMany(nameOf(request.address), this.#target.name)
    return items
  }

  async createToken(
    account: { readonly namespace: string; readonly name: string },
    { audience, expirationSeconds }: { readonly audience?: string; readonly expirationSeconds: number },
  ): Promise<{ token: string; expiresAt: string }> {
    const spec = { ...(audience !== undefined && { audiences: [audience] }), expirationSeconds }
    const address = { apiVersion: 'v1', kind: 'ServiceAccount', ...account, subresource: 'token' }
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec }
    const answer = tokenRequest.safeParse(await this.#send('create', { method: 'POST', address, body, raw: true }))
    if (!answer.success || tokenContainsSecret(answer.data.status.token, this.#token)) throw this.#notKubernetes()
    return { token: answer.data.status.token, expiresAt: answer.data.status.expirationTimestamp }
  }

  async rulesIn(namespace: string): Promise<readonly AccessRule[]> {
    const answer = rulesReview.safeParse(await this.#review('SelfSubjectRulesReview', { namespace }))
    if (!answer.success) throw this.#notKubernetes()
    return answer.data.status.resourceRules ?? []
  }

  async mayDo({ resource, ...access }: Access): Promise<boolean> {
    const [plural, subresource] = resource.split('/')
    const resourceAttributes = { ...access, resource: plural, subresource }
    const answer = accessReview.safeParse(await this.#review('SelfSubjectAccessReview', { resourceAttributes }))
    if (!answer.success) throw this.#notKubernetes()
    return answer.data.status.allowed
  }

  #review(kind: string, spec: object): Promise<KubernetesObject> {
    const address = { apiVersion: 'authorization.k8s.io/v1', kind }
    return this.#send('create', { method: 'POST', address, body: { ...address, spec }, raw: true })
  }

  /** Checks the kind, because a server may send anything in response to a read. */
  #ofKind<Answer extends KubernetesObject>({ kind }: ObjectRef, answer: Answer | undefined): Answer | undefined {
    if (answer === undefined || answer.kind === kind) return answer
    throw this.#notKubernetes()
  }

  /** Checks the items, because a server may send anything in response to a list. */
  #itemsOf<Item>({ items }: Pick<List<Item>, 'items'>): Item[] {
    if (items === null) return []
    if (Array.isArray(items) && items.every(isObject)) return items
    throw this.#notKubernetes()
  }

  async #find<Answer extends KubernetesObject>(request: ApiRequest, verb = 'get'): Promise<Answer | undefined> {
    try {
      return await this.#api.send<Answer>(request)
    } catch (error) {
      if (isNotFound(error, request.address)) return undefined
      throw await this.#failureAt(error, { verb, address: request.address })
    }
  }

  async #send<Answer extends KubernetesObject>(
    verb: string,
    request: ApiRequest,
    object = nameOf(request.address),
  ): Promise<Answer> {
    try {
      return await this.#api.send<Answer>(request)
    } catch (error) {
      throw await this.#failureAt(error, { verb, address: request.address, object })
    }
  }

  async #failureAt(
    error: unknown,
    { verb, address, object = nameOf(address) }: { verb: string; address: Address; object?: string },
  ): Promise<StepError> {
    if (await this.#isOfMissingType(error, address)) return missingResourceType(address, this.#target.name)
    const resource = await this.#resourceName(address)
    const attempted =
      resource === undefined ? { verb: 'get', resource: `the types of ${address.apiVersion}` } : { verb, resource }
    return this.#failure(error, { ...attempted, object })
  }

  async #failure(error: unknown, call: AttemptedCall): Promise<StepError> {
    return this.#unlessStarting(this.#explained(error, call))
  }

  /**
   * A denial says something about the credentials only after the server has read its roles. A server reports
   * that it is ready some time after that, up to a second. So a server that is ready right after a denial is assumed to
   * have read its roles before the denial.
   */
  async #unlessStarting(failure: StepError): Promise<StepError> {
    return failure instanceof AccessDenied && (await this.#mayBeReadingRoles()) ? stillStarting(failure) : failure
  }

  async #mayBeReadingRoles(): Promise<boolean> {
    try {
      await this.#api.readPath(readyPath)
      return false
    } catch (error) {
      // A ready server responds with the text "ok". `readPath` throws a SyntaxError for it, because it is no JSON.
      return error instanceof ApiException && mayBeReadingRoles(error.code, error.body)
    }
  }

  /**
   * Whether the error is due to a custom type that the server lacks. Requests for the custom types of built-in-types.ts
   * skip discovery. A caller without rights gets a 403 even if the type does not exist.
   */
  async #isOfMissingType(error: unknown, { apiVersion, kind }: Address): Promise<boolean> {
    if (!(error instanceof ApiException) || ![403, 404].includes(error.code) || !isCustom(apiVersion, kind))
      return false
    try {
      return (await this.#api.discovered(apiVersion, kind)) === undefined
    } catch {
      return false
    }
  }

  #explained(error: unknown, call: AttemptedCall): StepError {
    if (error instanceof UntrustedCertificate) return this.#untrusted(error)
    if (error instanceof StepError) return error
    if (error instanceof ApiException) {
      const connection = connectionText(this.#target)
      const attempted = { ...call, cluster: this.#target.name, connection, rightsCommand: this.#rightsCommand }
      return apiError(attempted, { httpStatus: error.code, status: statusOf(error) })
    }
    return this.#notKubernetes()
  }

  /** The trusted CA comes from the credentials or the agent. A cluster that was created again has a new CA. */
  #untrusted({ object, reason, cause }: UntrustedCertificate): UntrustedCertificate {
    const action = connectionText(this.#target).renewTrust
    return new UntrustedCertificate({ object, reason, action }, { cause })
  }

  /** Returns the name in RBAC, such as "deployments.apps" or "serviceaccounts/token"; undefined if discovery failed. */
  async #resourceName({ apiVersion, kind, subresource }: Address): Promise<string | undefined> {
    try {
      const name = (await this.#api.resource(apiVersion, kind))?.name
      const plural = name !== undefined && isPlural(name) ? name : kind
      const group = apiVersion.includes('/') ? `.${apiVersion.replace(/\/.*/, '')}` : ''
      return `${plural}${group}${subresource === undefined ? '' : `/${subresource}`}`
    } catch {
      return undefined
    }
  }

  #notKubernetes(): Unreachable {
    return new Unreachable({
      object: this.#endpoint,
      reason: 'the answer does not come from a Kubernetes API server',
      action: 'Check the server in the credentials, and the proxies in front of it',
    })
  }
}

/**
 * Returns the error if it is particular to the key set. From Kubernetes 1.21 on, a default binding gives the
 * ClusterRole system:service-account-issuer-discovery to all service accounts. A server has the path only if its issuer
 * is an https URL.
 */
function keySetError(error: unknown, target: ClusterTarget): StepError | undefined {
  if (!(error instanceof ApiException)) return undefined
  const object = `key set of cluster ${target.name}`
  if (error.code === 403) {
    return new AccessDenied({
      object,
      reason: `${connectionText(target).caller} may not read ${keySetPath}`,
      action: `Bind the ClusterRole system:service-account-issuer-discovery to the user of ${connectionText(target).caller}`,
    })
  }
  if (error.code !== 404) return undefined
  return new Unsupported({
    object,
    reason: `its API server does not offer ${keySetPath}`,
    action:
      'Use Kubernetes 1.20 or newer, and start its API servers with a --service-account-issuer that is an https URL',
  })
}

const listPosition = z.object({
  metadata: z.object({ continue: z.optional(z.string()), _continue: z.optional(z.string()) }),
})

/** Returns the token of the next page. The library's models name it `_continue`. It is empty or missing on the last page. */
function continueOf(list: KubernetesObject): string | undefined {
  const { continue: raw, _continue: parsed = raw } = listPosition.safeParse(list).data?.metadata ?? {}
  return parsed || undefined
}

function tooMany(object: string, cluster: string): Unsupported {
  return new Unsupported({
    object,
    reason: `cluster ${cluster} has more than ${mostListed.toLocaleString('en')} of them`,
    action: 'Delete those that nobody needs, and send the request again',
  })
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run */
function dryRunOf(dryRun: boolean | undefined): { dryRun: 'All' | undefined } {
  return { dryRun: dryRun ? 'All' : undefined }
}

/** Returns "ServiceAccount default/s3-reader", or "Pod in namespace default" for a collection. */
function nameOf({ kind, namespace, name }: Pick<Address, 'kind' | 'namespace' | 'name'>): string {
  if (name !== undefined) return displayName({ kind, name, ...(namespace !== undefined && { namespace }) })
  return namespace === undefined ? kind : `${kind} in namespace ${namespace}`
}

/**
 * Whether the error means that the object does not exist. A 404 can also mean that the server lacks the type, or come
 * from a proxy. For known types, which need no discovery, only a Status with the reason NotFound counts. For other
 * types, every 404 counts, because the type may have been removed after its discovery.
 */
function isNotFound(error: unknown, { apiVersion, kind }: Address): boolean {
  if (!(error instanceof ApiException) || error.code !== 404) return false
  if (knownType(apiVersion, kind) === undefined) return true
  const status = statusOf(error)
  return status?.reason === 'NotFound' && !isUnknownPath(status)
}

function statusOf(error: ApiException<unknown>): ApiStatus | undefined {
  return typeof error.body === 'string' ? parseApiStatus(error.body) : undefined
}
