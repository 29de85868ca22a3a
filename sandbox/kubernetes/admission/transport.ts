import { Agent, request } from 'undici'
import type { Endpoints } from '../context.ts'
import { asObject, asString, at, isObject, type JsonObject } from '../objects/objects.ts'

/**
 * Sends a review to the Service or the URL of a webhook, over TLS. The certificate of a Service must contain the name
 * `NAME.NAMESPACE.svc`. Only `caBundle` is trusted.
 *
 * @throws Error with the message of a real API server
 */
export async function postReview(webhook: JsonObject, review: JsonObject, endpoints: Endpoints): Promise<JsonObject> {
  const client = asObject(webhook.clientConfig)
  const timeoutSeconds = Number(webhook.timeoutSeconds ?? 10)
  const endpoint = isObject(client.service) ? serviceEndpoint(client.service) : urlEndpoint(asString(client.url))
  const errorPrefix = `Post "${endpoint.url}?timeout=${timeoutSeconds}s": `
  const resolved = 'service' in endpoint ? endpoints.resolve(endpoint.service) : { localPort: endpoint.port }
  if ('error' in resolved) throw new Error(`${errorPrefix}${resolved.error}`)
  try {
    const answer = await post(review, {
      port: resolved.localPort,
      serverName: endpoint.serverName,
      path: `${endpoint.path}?timeout=${timeoutSeconds}s`,
      ca: Buffer.from(asString(client.caBundle), 'base64').toString(),
      timeoutMs: timeoutSeconds * 1000,
    })
    const parsed: unknown = JSON.parse(answer)
    if (!isObject(parsed)) throw new Error('the answer is not an object')
    return parsed
  } catch (error) {
    throw new Error(`${errorPrefix}${inGoWords(error)}`)
  }
}

function serviceEndpoint(service: JsonObject) {
  const namespace = asString(service.namespace)
  const name = asString(service.name)
  const port = Number(service.port ?? 443)
  const path = asString(service.path) || '/'
  const serverName = `${name}.${namespace}.svc`
  return { url: `https://${serverName}:${port}${path}`, path, serverName, service: { namespace, name, port } }
}

/** @throws Error if the URL does not lead to this machine */
function urlEndpoint(address: string) {
  const url = new URL(address)
  if (url.hostname !== '127.0.0.1') throw new Error(`Post "${address}": the sandbox reaches webhooks at 127.0.0.1 only`)
  return { url: address, path: url.pathname, serverName: '', port: Number(url.port || 443) }
}

interface Target {
  readonly port: number
  /** Empty for an IP address, because TLS sends only host names. */
  readonly serverName: string
  readonly path: string
  readonly ca: string
  readonly timeoutMs: number
}

/** Uses a new connection for each review. */
async function post(review: JsonObject, { port, serverName, path, ca, timeoutMs }: Target): Promise<string> {
  const dispatcher = new Agent({ allowH2: false, pipelining: 0, connect: { ca, servername: serverName } })
  const { statusCode, body } = await request(`https://127.0.0.1:${port}${path}`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(review),
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`the server answered ${statusCode}`)
  return text
}

function inGoWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = asString(at({ ...error }, 'code'))
  const words: Record<string, string> = {
    ECONNREFUSED: 'dial tcp: connect: connection refused',
    ECONNRESET: 'EOF',
    UND_ERR_SOCKET: 'EOF',
    ERR_TLS_CERT_ALTNAME_INVALID: 'x509: certificate is not valid for the name of the service',
    CERT_HAS_EXPIRED: 'x509: certificate has expired or is not yet valid',
    ABORT_ERR: 'context deadline exceeded',
  }
  if (error.name === 'TimeoutError') return 'context deadline exceeded'
  if (words[code] !== undefined) return words[code]
  const isTrust = /SELF_SIGNED|UNABLE_TO|CERT_SIGNATURE|LEAF_SIGNATURE/.test(code)
  if (isTrust) return 'x509: certificate signed by unknown authority'
  return code.includes('SSL') || code === 'EPROTO' ? 'remote error: tls: internal error' : error.message
}
