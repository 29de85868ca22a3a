import type { KubernetesObject, V1APIResource, V1APIResourceList } from '@kubernetes/client-node'
import {
  ApiException,
  createConfiguration,
  HttpMethod,
  type ResponseContext,
  ServerConfiguration,
  wrapHttpLibrary,
} from '@kubernetes/client-node/dist/gen/index.js'
// Imported by path, because the package's index loads exec, auth providers and web sockets, which must never run.
import { KubernetesObjectApi } from '@kubernetes/client-node/dist/object.js'
import * as z from 'zod/mini'
import { missingResourceType } from './api-error.ts'
import { knownType } from './built-in-types.ts'
import { type Connection, guardedHttp } from './http.ts'

/** One object, or the collection of all objects of the type if `name` is undefined. */
export interface Address {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  /** For example "token". */
  readonly subresource?: string
}

export interface ApiRequest {
  readonly method: keyof typeof HttpMethod
  readonly address: Address
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
  /** The default is "application/json". */
  readonly contentType?: string
  readonly accept?: string
  /** Whether to return all fields of the response. The default is the fields of the library's model. */
  readonly raw?: boolean
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#discovery-api */
const version = z.object({ groupVersion: z.string() })
const groupList = z.object({
  groups: z.array(z.object({ preferredVersion: version, versions: z.array(version) })),
})

type Group = z.output<typeof groupList>['groups'][number]

interface ObjectType {
  readonly apiVersion: string
  readonly kind: string
}

export interface Access extends Connection {
  /** The name of the cluster, for errors. */
  readonly cluster: string
  readonly server: string
}

/**
 * Extends the library's generic client, which provides discovery, paths and response types. This class sends bodies
 * unchanged. The library's own write methods would drop fields that its models do not know.
 */
export class ObjectApi extends KubernetesObjectApi {
  readonly #cluster: string
  readonly #resources = new Map<string, Promise<readonly V1APIResource[]>>()

  constructor(access: Access) {
    const baseServer = new ServerConfiguration(access.server, {})
    super(createConfiguration({ baseServer, httpApi: wrapHttpLibrary(guardedHttp(access)) }))
    this.#cluster = access.cluster
  }

  /** Returns a known type without discovery. For any other type, returns the result of `discovered`. */
  override async resource(apiVersion: string, kind: string): Promise<V1APIResource | undefined> {
    const known = knownType(apiVersion, kind)
    return known ? { ...known, kind, singularName: '', verbs: [] } : this.discovered(apiVersion, kind)
  }

  /**
   * Returns the type from discovery, or undefined if the server lacks the type. The client requests the discovery of
   * each apiVersion once.
   */
  async discovered(apiVersion: string, kind: string): Promise<V1APIResource | undefined> {
    const resources = await this.#resourcesOf(apiVersion)
    return resources.find((resource) => resource.kind === kind && !resource.name.includes('/'))
  }

  /**
   * Sends one request and returns the response. Throws all errors of the library unchanged.
   *
   * @throws {MissingResourceType} when the server does not have the type
   * @throws {ApiException} when the server responds with an error
   */
  async send<Answer extends KubernetesObject>(request: ApiRequest): Promise<Answer> {
    const path = await this.#pathOf(request.address)
    const context = this.configuration.baseServer.makeRequestContext(path, HttpMethod[request.method])
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) context.setQueryParam(name, value)
    }
    if (request.body !== undefined) {
      context.setHeaderParam('Content-Type', request.contentType ?? 'application/json')
      context.setBody(JSON.stringify(request.body))
    }
    if (request.accept !== undefined) context.setHeaderParam('Accept', request.accept)
    return this.requestPromise<Answer>(context, request.raw ? 'any' : undefined)
  }

  /**
   * Returns the listable types of namespaced objects, without events. Each type is returned in one version: the group's
   * preferred version, or another version if the preferred version lacks the type.
   */
  async listableInNamespaces(): Promise<readonly ObjectType[]> {
    const { groups } = groupList.parse(await this.readPath('/apis'))
    const types = await Promise.all([['v1'], ...groups.map(versionsOf)].map((versions) => this.#typesIn(versions)))
    return types.flat()
  }

  async #typesIn(versions: readonly string[]): Promise<readonly ObjectType[]> {
    const lists = await Promise.all(versions.map((apiVersion) => this.#typesOf(apiVersion)))
    return lists.flat().filter(({ kind }, index, all) => all.findIndex((one) => one.kind === kind) === index)
  }

  async #typesOf(apiVersion: string): Promise<readonly ObjectType[]> {
    const resources = await this.#resourcesOf(apiVersion)
    return resources
      .filter(({ name, kind, namespaced, verbs }) => {
        return namespaced && verbs.includes('list') && !name.includes('/') && kind !== 'Event'
      })
      .map(({ kind }) => ({ apiVersion, kind }))
  }

  /** Returns the response for a path that is no resource, such as "/version". */
  async readPath(path: string, accept = 'application/json'): Promise<unknown> {
    const context = this.configuration.baseServer.makeRequestContext(path, HttpMethod.GET)
    context.setHeaderParam('Accept', accept)
    return this.requestPromise(context, 'any')
  }

  /**
   * Rejects a successful response that is no JSON object. The library accepts any text, such as a proxy's sign-in page.
   *
   * @throws {SyntaxError} when a successful response is no JSON object
   */
  protected override async processResponse<Answer extends KubernetesObject>(
    response: ResponseContext,
    type?: string,
  ): Promise<Answer> {
    // The media type of a key set is application/jwk-set+json (RFC 7517, section 8.5).
    const isJson = /^application\/(jwk-set\+)?json/.test(response.headers['content-type'] ?? '')
    if (response.httpStatusCode < 300 && !isJson) throw new SyntaxError('the answer is not JSON')
    // Even for `any`, the library converts metadata to its model, which lacks the `continue` of a list.
    const isRaw = response.httpStatusCode < 300 && type === 'any'
    const answer: Answer = isRaw
      ? JSON.parse(await response.body.text())
      : await super.processResponse<Answer>(response, type)
    if (!isObject(answer)) throw new SyntaxError('the answer is no object')
    return answer
  }

  #resourcesOf(apiVersion: string): Promise<readonly V1APIResource[]> {
    const resources = this.#resources.get(apiVersion) ?? this.#discover(apiVersion)
    this.#resources.set(apiVersion, resources)
    return resources
  }

  async #discover(apiVersion: string): Promise<readonly V1APIResource[]> {
    const context = this.configuration.baseServer.makeRequestContext(this.apiVersionPath(apiVersion), HttpMethod.GET)
    try {
      const list = await this.requestPromise<V1APIResourceList>(context, 'V1APIResourceList')
      return list.resources
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) return []
      throw error
    }
  }

  async #pathOf({ apiVersion, kind, namespace, name, subresource }: Address): Promise<string> {
    if (!(await this.resource(apiVersion, kind))) throw missingResourceType({ apiVersion, kind }, this.#cluster)
    const metadata = { ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) }
    const path = await this.specUriPath({ apiVersion, kind, metadata }, name === undefined ? 'list' : 'read')
    return subresource === undefined ? path : `${path}/${subresource}`
  }
}

/** Whether a value from a server is an object. The server may send another value than the declared type. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns the versions of the group, the preferred version first. */
function versionsOf({ preferredVersion, versions }: Group): string[] {
  return [...new Set([preferredVersion, ...versions].map(({ groupVersion }) => groupVersion))]
}
