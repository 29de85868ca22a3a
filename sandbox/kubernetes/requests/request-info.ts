import type { IncomingMessage } from 'node:http'
import type { ServedType, Verb } from '../kinds/resources.ts'
import { noSuchResource } from './status.ts'

/** A request for a resource. */
export interface ResourceRequest {
  readonly type: ServedType
  readonly version: string
  readonly verb: Verb
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  readonly subresource?: string | undefined
}

/** A request without its connection. */
export interface ApiRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly accept: string
  readonly contentType: string
  readonly userAgent: string
}

export function readRequest(request: IncomingMessage): ApiRequest {
  const url = new URL(request.url ?? '/', 'https://kubernetes')
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    accept: request.headers.accept ?? '',
    contentType: (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? '',
    userAgent: request.headers['user-agent'] ?? '',
  }
}

/** True for a path that names resources, found or not: `/api/v1/...` or `/apis/GROUP/VERSION/...`. */
export function isResourcePath(path: string): boolean {
  return /^\/api\/[^/]+\/./.test(path) || /^\/apis\/[^/]+\/[^/]+\/./.test(path)
}

/** @throws ApiError 404 for a type or version that this cluster does not serve */
export function readResourceRequest(request: ApiRequest, types: readonly ServedType[]): ResourceRequest {
  const { group, version, namespace, rest } = readPath(request.path)
  const [plural, name, subresource] = rest
  const type = types.find((one) => one.group === group && one.plural === plural)
  if (!type?.versions.some((one) => one.name === version)) throw noSuchResource()
  const isPlaced = type.namespaced === (namespace !== undefined)
  if (!isPlaced && name !== undefined) throw noSuchResource()
  if (subresource !== undefined && !type.subresources.includes(subresource)) throw noSuchResource()
  return {
    type,
    version,
    verb: verbOf(request, name),
    namespace,
    name,
    subresource,
  }
}

interface PathParts {
  readonly group: string
  readonly version: string
  readonly namespace: string | undefined
  readonly rest: readonly string[]
}

function readPath(path: string): PathParts {
  const [root = '', ...segments] = path.split('/').filter(Boolean).map(decodeURIComponent)
  const [group = '', version = '', ...rest] = root === 'api' ? ['', ...segments] : segments
  const isScoped = rest[0] === 'namespaces' && rest.length > 2 && !isNamespaceSubresource(rest)
  return isScoped
    ? { group, version, namespace: rest[1], rest: rest.slice(2) }
    : { group, version, namespace: undefined, rest }
}

/** `/api/v1/namespaces/NAME/status` is a subresource of the namespace. */
function isNamespaceSubresource(rest: readonly string[]): boolean {
  return rest.length === 3 && (rest[2] === 'status' || rest[2] === 'finalize')
}

function verbOf({ method, query }: ApiRequest, name: string | undefined): Verb {
  if (method === 'DELETE') return name === undefined ? 'deletecollection' : 'delete'
  const isWatch = ['1', 'true'].includes(query.get('watch') ?? '')
  return writingVerbs[method] ?? (isWatch ? 'watch' : name === undefined ? 'list' : 'get')
}

const writingVerbs: Readonly<Record<string, Verb>> = { POST: 'create', PUT: 'update', PATCH: 'patch' }
