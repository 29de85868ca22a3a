import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { listenOnFreePort } from '../../sandbox/network/listen.ts'
import { agreeing } from '../support/agreeing-request.ts'

export interface AgreeingProxy {
  readonly url: string
  close(): void
}

/** hooks.py sets it on a request that is to fit the description. */
const mark = 'x-fits-description'

/** The routes that take the body of a setup. */
const setups: readonly string[] = ['/v1/setups', '/v1/plans', '/v1/rights']

/** What the settings of the sandbox allow. */
const sandbox = { managedPolicies: () => ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'], memberAccount: undefined }

/**
 * A port before the API that makes the fields of a setup {@link agreeing}: most setups that fit the description are then
 * accepted, so that they start operations. Every other request is passed on as it is.
 *
 * @param api its URL
 */
export async function startAgreeingProxy(api: string): Promise<AgreeingProxy> {
  const server = createServer((incoming, outgoing) => {
    passOn(api, incoming, outgoing).catch((error: Error) => outgoing.destroy(error))
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

async function passOn(api: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const sent = await text(incoming)
  const { [mark]: fits, host: _host, 'transfer-encoding': _encoding, ...headers } = incoming.headers
  const [path = ''] = incoming.url?.split('?') ?? []
  const isSetup = fits !== undefined && incoming.method === 'POST' && setups.includes(path) && sent !== ''
  const body = isSetup ? JSON.stringify(agreeing(JSON.parse(sent), sandbox)) : sent
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
