import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import * as z from 'zod'
import { listenOnFreePort } from '../../sandbox/network/listen.ts'
import { agreeing } from '../support/api/agreeing-request.ts'

export interface AgreeingProxy {
  readonly url: string
  close(): void
}

/** hooks.py sets this header on requests that should fit the API's description. */
const fitsHeader = 'x-fits-description'

/** The routes that take the body of a setup. */
const bodies: readonly string[] = ['/v1/setups', '/v1/plans', '/v1/rights']

/**
 * The number of clusters. Schemathesis generates few distinct names, and a running operation refuses the next setup of its cluster.
 * So the setups use these clusters in turn.
 */
const clusters = 64
const longestStart = 20
const ofCluster = z.looseObject({ cluster: z.looseObject({ name: z.string() }) })

/** The settings of the sandbox. */
const sandbox = { managedPolicies: () => ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'], memberAccount: undefined }

/**
 * A proxy that makes the fields of a setup {@link agreeing}, so that the API accepts most setups that fit its description, and they
 * start operations. It forwards other requests unchanged.
 *
 * @param api URL of the API
 */
export async function startAgreeingProxy(api: string): Promise<AgreeingProxy> {
  let setup = 0
  const server = createServer((incoming, outgoing) => {
    forward(api, incoming, { outgoing, cluster: () => setup++ % clusters }).catch((error: Error) =>
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

async function forward(
  api: string,
  incoming: IncomingMessage,
  { outgoing, cluster }: { readonly outgoing: ServerResponse; readonly cluster: () => number },
): Promise<void> {
  const sent = await text(incoming)
  const { [fitsHeader]: fits, host: _host, 'transfer-encoding': _encoding, ...headers } = incoming.headers
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
