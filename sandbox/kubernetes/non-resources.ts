import type { ClusterContext } from './context.ts'
import { discoveryDocument, isDiscoveryPath } from './discovery.ts'
import { isObject, type JsonObject } from './objects.ts'
import { openApiDocument } from './openapi.ts'
import { noSuchResource } from './status.ts'

/** @throws ApiError 404 for a path that is not served */
export async function nonResourceDocument(path: string, cluster: ClusterContext): Promise<JsonObject> {
  if (isDiscoveryPath(path)) return discoveryDocument(path, cluster)
  if (path.startsWith('/openapi/')) return openApiDocument(path, cluster)
  if (isHealthPath(path)) return { status: 'ok' }
  const document = await otherDocuments[path]?.(cluster)
  if (!isObject(document)) throw noSuchResource()
  return document
}

/** Of the paths that a load balancer or `kubectl get --raw` asks: answered with the word `ok`. */
export function isHealthPath(path: string): boolean {
  return healthPaths.includes(path)
}

const healthPaths = ['/healthz', '/livez', '/readyz']

type Source = (cluster: ClusterContext) => unknown

const otherDocuments: Readonly<Record<string, Source>> = {
  '/.well-known/openid-configuration': ({ signer }) => signer.discovery(),
  '/openid/v1/jwks': ({ signer }) => signer.keySet(),
}
