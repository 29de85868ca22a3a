import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authority } from '../../network/authority.ts'
import type { ConnectProxy } from '../../network/proxy.ts'
import { type PublicHost, startPublicHost } from '../../network/public-host.ts'
import { type Distribution, listDistributions } from './distributions.ts'
import { EdgeCache } from './edge-cache.ts'
import { type Answer, readOrigin } from './origin.ts'

export interface Edge {
  /** Of all distributions, alternate names among them. */
  readonly names: readonly string[]
  /** What it keeps of origins; its time may be changed, and it may be emptied. */
  readonly cache: EdgeCache
  close(): Promise<void>
}

export interface EdgeOptions {
  readonly aws: { readonly endpoint: string }
  readonly authority: Authority
  readonly proxy: ConnectProxy
  /** How long an answer is kept at most, in seconds; left out: not at all. */
  readonly cacheSeconds?: number | undefined
}

/**
 * What the internet sees of CloudFront: a TLS host for each distribution, which serves its bucket. A distribution that is made
 * later gets its host when its own name is asked for. It reads the distribution at each request, so that a change holds at
 * once, which takes minutes on AWS.
 *
 * @throws Error when MiniStack does not list the distributions
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { aws, authority, proxy } = options
  const cache = new EdgeCache(options.cacheSeconds ?? 0)
  const hosts = new Map<string, PublicHost>()
  const names: string[] = []
  const startMissing = async () => {
    for (const { id, names: own } of await listDistributions(aws.endpoint)) {
      if (hosts.has(id)) continue
      const viewer = new Viewer(aws.endpoint, id, cache)
      const handler = (request: IncomingMessage, response: ServerResponse) => void viewer.serve(request, response)
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
  return { names, cache, close }
}

interface Served extends Answer {
  /** Answered from the cache. */
  readonly isHit?: boolean
}

/** The edge of one distribution. */
class Viewer {
  readonly #endpoint: string
  readonly #id: string
  readonly #cache: EdgeCache

  constructor(endpoint: string, id: string, cache: EdgeCache) {
    this.#endpoint = endpoint
    this.#id = id
    this.#cache = cache
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const served = await this.#served(request).catch(() => unreachable)
    response.writeHead(served.status, {
      ...served.headers,
      'x-cache': served.status >= 400 ? 'Error from cloudfront' : `${served.isHit ? 'Hit' : 'Miss'} from cloudfront`,
      via: '1.1 sandbox.cloudfront.net (CloudFront)',
      'x-amz-cf-id': randomBytes(20).toString('base64url'),
      'content-length': served.body.byteLength,
    })
    response.end(request.method === 'HEAD' ? undefined : served.body)
  }

  async #served({ method = '', url = '/' }: IncomingMessage): Promise<Served> {
    const distribution = (await listDistributions(this.#endpoint)).find(({ id }) => id === this.#id)
    if (!distribution?.isEnabled) return disabled
    if (method !== 'GET' && method !== 'HEAD') return notAllowed
    return this.#cached(distribution, url.split('?')[0] ?? '/')
  }

  /** GET and HEAD of a path are one entry, and what comes after a question mark does not count. */
  async #cached(distribution: Distribution, path: string): Promise<Served> {
    const url = `https://${distribution.names[0]}${path}`
    const hit = this.#cache.get(url)
    if (hit) return { ...hit.answer, headers: { ...hit.answer.headers, age: String(hit.age) }, isHit: true }
    const answer = await readOrigin(this.#endpoint, distribution, path)
    this.#cache.put(url, answer)
    return answer
  }
}

/**
 * CloudFront takes no requests for a distribution that is disabled; its pages do not say how it refuses them:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesGeneral.html. Here it does as for a name
 * that no distribution has:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html
 */
const disabled = page(403, 'Bad request.')

const notAllowed = page(
  403,
  'This distribution is not configured to allow the HTTP request method that was used for this request. ' +
    'The distribution supports only cachable requests.',
)

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html */
const unreachable: Served = page(502, "CloudFront wasn't able to connect to the origin.")

/** A page of CloudFront's own, as opposed to an error of the origin. */
function page(status: number, why: string): Answer {
  const title = 'ERROR: The request could not be satisfied'
  const html = `<HTML><HEAD><TITLE>${title}</TITLE></HEAD><BODY><H1>${status} ERROR</H1>${why}</BODY></HTML>\n`
  return { status, headers: { 'content-type': 'text/html', server: 'CloudFront' }, body: Buffer.from(html) }
}
