import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod'
import type { Authority } from '../network/authority.ts'
import type { ConnectProxy } from '../network/proxy.ts'
import { type PublicHost, startPublicHost } from '../network/public-host.ts'
import { request } from './server.ts'

export interface Edge {
  readonly names: readonly string[]
  close(): Promise<void>
}

export interface EdgeOptions {
  readonly aws: { readonly endpoint: string }
  readonly authority: Authority
  readonly proxy: ConnectProxy
}

const distributionsSchema = z.array(z.object({ id: z.string(), names: z.array(z.string()) }))

/** Returns the distributions of the account. The names of each are its cloudfront.net name and its alternate names. */
export async function listDistributions(endpoint: string): Promise<z.output<typeof distributionsSchema>> {
  return distributionsSchema.parse(await request('GET', `${endpoint}/_sandbox/distributions`))
}

/**
 * Starts a TLS host for each CloudFront distribution. The host responds as MiniStack's CloudFront does, without a
 * cache. For a distribution that is created later, the first request for its cloudfront.net name starts the host.
 *
 * @throws Error when MiniStack does not list the distributions
 */
export async function startEdge({ aws, authority, proxy }: EdgeOptions): Promise<Edge> {
  const hosts = new Map<string, PublicHost>()
  const names: string[] = []
  const startMissing = async () => {
    for (const { id, names: own } of await listDistributions(aws.endpoint)) {
      if (hosts.has(id)) continue
      const handler = (incoming: IncomingMessage, outgoing: ServerResponse) =>
        void answer(aws.endpoint, id, incoming, outgoing).catch(() => outgoing.destroy())
      hosts.set(id, await startPublicHost({ authority, proxy, names: own, handler }))
      names.push(...own)
    }
  }
  const close = async () => {
    proxy.beforeRefusal(async () => {})
    await Promise.all([...hosts.values()].map((host) => host.close()))
  }
  let starting = startMissing()
  try {
    await starting
  } catch (error) {
    await close()
    throw error
  }
  proxy.beforeRefusal((name) => {
    if (!name.endsWith('.cloudfront.net:443')) return Promise.resolve()
    starting = starting.then(startMissing, startMissing)
    return starting
  })
  return { names, close }
}

const answerSchema = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  body: z.base64().transform((text) => Buffer.from(text, 'base64')),
})

async function answer(
  endpoint: string,
  id: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method, url = '/' } = incoming
  const [path, query = ''] = url.split(/\?(.*)/s)
  const answered = await request('POST', `${endpoint}/_sandbox/viewers`, { id, method, path, query })
  const { status, headers, body } = answerSchema.parse(answered)
  outgoing.writeHead(status, headers).end(body)
}
