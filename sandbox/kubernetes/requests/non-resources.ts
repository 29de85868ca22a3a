import type { Answer, ClusterContext } from '../context.ts'
import { discoveryDocument, isDiscoveryPath } from '../kinds/discovery.ts'
import { openApiDocument } from '../kinds/openapi.ts'
import { isObject, type JsonObject } from '../objects/objects.ts'
import { noSuchResource } from './status.ts'

/** @throws ApiError 404 for a path that is not served */
export async function nonResourceDocument(path: string, cluster: ClusterContext): Promise<JsonObject> {
  if (isDiscoveryPath(path)) return discoveryDocument(path, cluster)
  if (path.startsWith('/openapi/')) return openApiDocument(path, cluster)
  const document = await otherDocuments[path]?.(cluster)
  if (!isObject(document)) throw noSuchResource()
  return document
}

/** The paths that a load balancer or `kubectl get --raw` requests. */
export function isHealthPath(path: string): boolean {
  return healthPaths.includes(path)
}

/** Returns `ok`. If the server is not ready yet, /readyz returns the passed and the failed checks. */
export function healthOf(path: string, { isReady }: ClusterContext): Answer {
  if (path !== '/readyz' || isReady) return { code: 200, body: { health: 'ok' } }
  return { code: 500, body: { health: notReady } }
}

/** A part of the response of Kubernetes 1.37.2 after its start. */
const notReady = `[+]ping ok
[+]etcd ok
[+]informer-sync ok
[-]poststarthook/rbac/bootstrap-roles failed: reason withheld
readyz check failed
`

const healthPaths = ['/healthz', '/livez', '/readyz']

type Source = (cluster: ClusterContext) => unknown

const otherDocuments: Readonly<Record<string, Source>> = {
  '/.well-known/openid-configuration': ({ signer }) => signer.discovery(),
  '/openid/v1/jwks': ({ signer }) => signer.keySet(),
}
