/**
 * Decides which requests the agent relays. The RBAC rights of the agent's service account are the first limit. This
 * second limit holds if the deployment is compromised and the rights are too wide.
 */
import type { RelayedAnswer, RelayedRequest } from '../lambdas/agent/messages.ts'

const nonResourcePaths = ['/version', '/readyz', '/openid/v1/jwks']

/** Subresources that run commands in pods, open connections into the cluster's network, or read logs. */
const refusedSubresources = ['attach', 'ephemeralcontainers', 'exec', 'log', 'portforward', 'proxy']

/** Query parameters that keep a response open. */
const refusedParameters = ['follow', 'watch']

/** Old API servers also accept these names as the first segment after the version: `/api/v1/watch/pods`. */
const refusedPrefixes = ['proxy', 'watch']

/** Headers that would change the caller, that belong to one connection, or that undici refuses. */
const droppedHeader =
  /^(authorization|connection|content-length|cookie|expect|host|impersonate-.*|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/

export function isRelayed({ path }: Pick<RelayedRequest, 'path'>): boolean {
  // The characters of RFC 3986 for a path and a query, without the apostrophe, which a URL parser encodes in a query.
  if (!/^[\w\-.~%!$&()*+,;=:@/?]+$/.test(path)) return false
  const [raw = '', ...query] = path.split('?')
  const decoded = decode(raw)
  if (decoded === undefined) return false
  return (nonResourcePaths.includes(raw) || isResourcePath(decoded)) && !asksForStream(query.join('?'))
}

/** Returns undefined for a path that the API server could read in another way than the agent does. */
function decode(raw: string): string | undefined {
  if (/%(2f|5c)/i.test(raw)) return undefined
  const path = decoded(raw)
  // Refuses control characters, backslashes, empty segments, and segments that a URL parser removes.
  const isUnclear = path === undefined || /[\p{Cc}\\]|\/\/|\/$|\.\.|\/\.(\/|$)/u.test(path)
  return isUnclear ? undefined : path
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Reads the path as the API server does: k8s.io/apiserver, pkg/endpoints/request/requestinfo.go. */
function isResourcePath(path: string): boolean {
  const [, root, ...segments] = path.split('/')
  if (root !== 'api' && root !== 'apis') return false
  const inVersion = segments.slice(root === 'api' ? 1 : 2)
  const [first = '', , third = ''] = inVersion
  if (refusedPrefixes.includes(first)) return false
  const isNamespaced = first === 'namespaces' && !['', 'finalize', 'status'].includes(third)
  const [, , ...subresource] = isNamespaced ? inVersion.slice(2) : inVersion
  return !subresource.some((segment) => refusedSubresources.includes(segment))
}

function asksForStream(query: string): boolean {
  // Old API servers also accept `;` between parameters.
  const names = [...new URLSearchParams(query.replaceAll(';', '&')).keys()]
  return names.some((name) => refusedParameters.includes(name.toLowerCase()))
}

/** Returns the headers for the API server in lower case, without those that the agent sets or must not send. */
export function relayedHeaders(headers: RelayedRequest['headers']): Record<string, string> {
  const inLowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return Object.fromEntries(inLowerCase.filter(([name]) => !droppedHeader.test(name)))
}

/** The answer to a request that the agent does not relay. */
export const refusal: RelayedAnswer = {
  status: 403,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'the agent does not relay this request',
    reason: 'Forbidden',
    code: 403,
  }),
}
