import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import * as z from 'zod'
import { listenOnFreePort } from '../../sandbox/network/listen.ts'
import { agreeing } from '../support/api/agreeing-request.ts'

export interface AgreeingProxy {
  readonly url: string
  close(): void
}

/** hooks.py sets it on a request that is to fit the description. */
const mark = 'x-fits-description'

/** The routes that take the body of a setup. */
const bodies: readonly string[] = ['/v1/setups', '/v1/plans', '/v1/rights']

/**
 * The clusters of setups. Most names that Schemathesis makes are the same few, and an operation on a cluster refuses the next setup: so
 * each setup has another cluster, and finds it again when the operation before has ended.
 */
const clusters = 64
const longestStart = 20
const ofCluster = z.looseObject({ cluster: z.looseObject({ name: z.string() }) })

/** What the settings of the sandbox allow. */
const sandbox = { managedPolicies: () => ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'], memberAccount: undefined }

/**
 * A port before the API that makes the fields of a setup {@link agreeing}: most setups that fit the description are then
 * accepted, so that they start operations. Every other request is passed on as it is.
 *
 * @param api its URL
 */
export async function startAgreeingProxy(api: string): Promise<AgreeingProxy> {
  let setup = 0
  const server = createServer((incoming, outgoing) => {
    passOn(api, incoming, { outgoing, cluster: () => setup++ % clusters }).catch((error: Error) =>
      outgoing.destroy(error),
    )
  })
  const url = `http://127.0.0.1:${await listenOnFreePort(server)}`
  return {
    url,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function passOn(
  api: string,
  incoming: IncomingMessage,
  { outgoing, cluster }: { readonly outgoing: ServerResponse; readonly cluster: () => number },
): Promise<void> {
  const sent = await text(incoming)
  const { [mark]: fits, host: _host, 'transfer-encoding': _encoding, ...headers } = incoming.headers
  const [path = ''] = incoming.url?.split('?') ?? []
  const isSetup = fits !== undefined && incoming.method === 'POST' && bodies.includes(path) && sent !== ''
  const own = (body: unknown) => (path === '/v1/setups' ? withOwnCluster(body, cluster()) : body)
  const body = isSetup ? JSON.stringify(agreeing(own(JSON.parse(sent)), sandbox)) : sent
  const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const onward = request(
    api + incoming.url,
    { method: incoming.method, headers: { ...headers, ...length }, setHost: true },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    },
  )
  onward.on('error', (error) => outgoing.destroy(error))
  onward.end(body)
}

function withOwnCluster(body: unknown, index: number): unknown {
  const { cluster, ...rest } = ofCluster.parse(body)
  return { ...rest, cluster: { ...cluster, name: `${cluster.name.slice(0, longestStart)}-${index}` } }
}
