/** Plain requests to an API server, without a client library. */
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { objectIn } from '../../../sandbox/kubernetes/api-client.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import type { JsonObject } from '../../../sandbox/kubernetes/objects/objects.ts'

export interface Sent {
  /** Text and bytes are sent unchanged, anything else as JSON. */
  readonly body?: unknown
  readonly contentType?: string
  readonly headers?: Record<string, string | string[]>
  /** By default the admin's. Null sends none. */
  readonly token?: string | null
  readonly client?: { readonly key: string; readonly cert: string }
}

export interface Received {
  readonly code: number
  /** Empty for an answer that is not an object, such as plain text. */
  readonly body: JsonObject
}

/** One plain HTTPS request to the cluster's API server. */
export function send(cluster: AnyCluster, operation: string, sent: Sent = {}): Promise<Received> {
  const [method, path] = operation.split(' ')
  const token = sent.token === undefined && !sent.client ? cluster.adminToken : sent.token
  const content = contentOf(sent.body)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: cluster.port,
        servername: cluster.settings.host,
        ca: cluster.caPem,
        agent: false,
        method,
        path,
        ...sent.client,
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(sent.body === undefined
            ? {}
            : {
                'content-type': sent.contentType ?? 'application/json',
                'content-length': Buffer.byteLength(content),
              }),
          'user-agent': 'test/1.0',
          ...sent.headers,
        },
      },
      (incoming) => resolve(receivedOf(incoming)),
    )
    outgoing.on('error', reject)
    outgoing.end(sent.body === undefined ? undefined : content)
  })
}

async function receivedOf(incoming: IncomingMessage): Promise<Received> {
  return { code: incoming.statusCode ?? 0, body: objectIn(await text(incoming)) }
}

function contentOf(body: unknown): string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body ?? '')
}

/** Server-side apply of the object at its path. */
export function apply(cluster: AnyCluster, path: string, object: JsonObject, query = 'fieldManager=tester') {
  return send(cluster, `PATCH ${path}?${query}`, { body: object, contentType: 'application/apply-patch+yaml' })
}

/** Calls `observe` until the result is truthy. */
export async function until<T>(observe: () => T | Promise<T>, what = 'the condition', milliseconds = 10_000) {
  const end = Date.now() + milliseconds
  for (;;) {
    const answer = await observe()
    if (answer) return answer
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
