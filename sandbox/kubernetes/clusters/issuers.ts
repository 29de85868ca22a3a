import { createServer, type Server } from 'node:https'
import type { Authority } from '../../network/authority.ts'
import { listenOnFreePort } from '../../network/listen.ts'
import type { ConnectProxy } from '../../network/proxy.ts'
import type { AnyCluster } from './any-cluster.ts'

/** The usual default issuer of a cluster, unreachable from outside. Some installers append a domain to it. */
export const privateIssuer = 'https://kubernetes.default.svc'

/** The issuer of a kubeadm cluster, unless a flag sets another issuer. */
export const kubeadmIssuer = `${privateIssuer}.cluster.local`

export function isPrivateIssuer(issuer: string): boolean {
  return issuer === privateIssuer || issuer === kubeadmIssuer
}

export type Publish = (bucket: string, name: string, body: string, contentType: string) => Promise<void>

/** Returns the two documents of a cluster's issuer, with their paths below the issuer URL. */
async function documentsOf(cluster: AnyCluster) {
  const { discovery, keySet } = await cluster.issuerDocuments()
  return [
    {
      path: '.well-known/openid-configuration',
      body: JSON.stringify(discovery),
      contentType: 'application/json',
    },
    {
      path: 'openid/v1/jwks',
      body: JSON.stringify(keySet),
      contentType: 'application/jwk-set+json',
    },
  ]
}

/**
 * Puts the discovery documents of a cluster into the bucket that its issuer names.
 *
 * @throws the error of `publish` when the management service account may not write to the bucket
 */
export async function publishToBucket(cluster: AnyCluster, publish: Publish): Promise<void> {
  const [bucket = '', ...prefix] = new URL(cluster.settings.issuer).pathname.split('/').filter(Boolean)
  for (const { path, body, contentType } of await documentsOf(cluster)) {
    await publish(bucket, [...prefix, path].join('/'), body, contentType)
  }
}

/** Serves the documents at the issuer's own host, with a certificate of the sandbox's public authority. */
export async function serveIssuer(
  cluster: AnyCluster,
  { authority, proxy }: { authority: Authority; proxy: ConnectProxy },
): Promise<Server> {
  const { hostname, pathname } = new URL(cluster.settings.issuer)
  const base = pathname === '/' ? '/' : `${pathname}/`
  const { key, chain } = await authority.issue([hostname])
  const server = createServer({ key, cert: chain }, async (request, response) => {
    const documents = await documentsOf(cluster)
    const found = documents.find(({ path }) => request.url === `${base}${path}`)
    if (!found) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': found.contentType, 'cache-control': 'public, max-age=3600' })
    response.end(found.body)
  })
  proxy.route(`${hostname}:443`, await listenOnFreePort(server))
  return server
}
