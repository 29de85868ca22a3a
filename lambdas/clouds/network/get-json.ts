import https from 'node:https'
import net from 'node:net'
import tls from 'node:tls'
import { Unreachable } from '../../errors/step-errors.ts'
import { connectionError } from './connection-error.ts'
import { dial } from './dial.ts'
import { invalidDiscovery } from './discovery.ts'

export interface GetOptions {
  readonly maxBytes: number
  /** For the connection, the headers and the whole body together. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/**
 * The JSON at an https URL, read as anybody on the internet would: without credentials, without following redirects.
 *
 * Throws InvalidDiscovery when it redirects, is too large or is not JSON; Unreachable when it does not answer in time
 * or answers another status than 200, which a document that is not published yet does too; UntrustedCertificate;
 * UnsafeAddress. No error repeats anything of the body.
 */
export async function getJson(url: string, options: GetOptions): Promise<unknown> {
  const target = URL.parse(url)
  if (target?.protocol !== 'https:') throw invalidDiscovery(url, 'its URL is not an https URL')
  const limit = AbortSignal.timeout(options.timeoutMs)
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit
  try {
    const address = { host: target.hostname, port: Number(target.port || 443) }
    const socket = await dial(address, { kind: 'public', signal })
    return parse(await get(target, { socket, signal, maxBytes: options.maxBytes }), url)
  } catch (error) {
    throw limit.aborted ? tooSlow(url, options.timeoutMs, error) : connectionError(error, url)
  }
}

interface Request {
  /** Used up: it is closed when the answer was read, or was not. */
  readonly socket: net.Socket
  readonly signal: AbortSignal
  readonly maxBytes: number
}

function get(url: URL, { socket, signal, maxBytes }: Request): Promise<Buffer> {
  const options = {
    signal,
    headers: { accept: 'application/json' },
    createConnection: () => secure(socket, url),
    // Without an agent Node takes 80 for the default port, also of https, and says so in the Host header.
    defaultPort: 443,
    port: url.port || 443,
  }
  return new Promise<Buffer>((resolve, reject) => {
    const request = https.get(url, options, (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      const refusal = refusalOf(url.href, response.statusCode ?? 0)
      if (refusal) return reject(refusal)
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > maxBytes) return reject(invalidDiscovery(url.href, `it is larger than ${maxBytes} bytes`))
        chunks.push(chunk)
      })
      response.on('end', () => resolve(Buffer.concat(chunks)))
      response.on('error', reject)
    })
    request.on('error', reject)
  }).finally(() => socket.destroy())
}

function secure(socket: net.Socket, { hostname }: URL): tls.TLSSocket {
  const host = hostname.replace(/^\[|\]$/g, '')
  return tls.connect({ socket, host, servername: net.isIP(host) ? '' : host, ALPNProtocols: ['http/1.1'] })
}

/** A bucket keeps the grants that such a policy overrides: nothing else shows that it is no longer public. */
const letEverybodyRead =
  'Let everybody read it; where it is in a bucket, the organisation policy constraints/storage.publicAccessPrevention may keep that from being public'

function refusalOf(url: string, status: number): Error | undefined {
  if (status === 200) return undefined
  if (status >= 300 && status < 400) {
    return invalidDiscovery(url, `it redirects (status ${status}), and redirects are not followed`)
  }
  return new Unreachable({
    object: url,
    reason: `it answers ${status} to the public`,
    action: status === 401 || status === 403 ? letEverybodyRead : 'Publish the document, and let everybody read it',
  })
}

function parse(body: Buffer, url: string): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    // Without a cause: the message of a SyntaxError repeats a part of the body.
    throw invalidDiscovery(url, 'it is not JSON')
  }
}

function tooSlow(url: string, timeoutMs: number, cause: unknown): Unreachable {
  return new Unreachable(
    { object: url, reason: `no whole answer within ${timeoutMs / 1000} s`, action: 'Check the host that serves it' },
    { cause },
  )
}
