import { Client, type Dispatcher, errors } from 'undici'
import { CloudUnavailable, type StepError, Unreachable } from '../../errors/step-errors.ts'
import { connectionError } from './connection-error.ts'
import { connectorTo } from './connector.ts'
import { isEncoded } from './content-encoding.ts'
import { invalidDiscovery } from './discovery.ts'
import { outlineOf } from './json-outline.ts'
import { isTransient } from './transient-status.ts'

export interface GetOptions {
  readonly maxBytes: number
  /** The time limit for the connection, the headers and the complete body together. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads the JSON at an https URL like an anonymous client on the internet: without credentials, and without following
 * redirects. No error quotes the body.
 *
 * @throws {InvalidDiscovery} when the URL is not https or redirects, or when the body is too large, compressed or not
 * JSON
 * @throws {CloudUnavailable} when the status is 408, 429 or 5xx
 * @throws {Unreachable} when no response comes in time, when the body was truncated, or for any other status, such as
 * the 404 of an unpublished document
 * @throws {UntrustedCertificate} when the server's certificate does not validate
 * @throws {UnsafeAddress} when the host is, or resolves to, an address that is not public
 */
export async function getJson(url: string, options: GetOptions): Promise<unknown> {
  const target = URL.parse(url)
  if (target?.protocol !== 'https:') throw invalidDiscovery(url, 'its URL is not an https URL')
  const limit = AbortSignal.timeout(options.timeoutMs)
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit
  try {
    return parse(await get(target, signal, options.maxBytes), url)
  } catch (error) {
    throw limit.aborted ? tooSlow(url, options.timeoutMs, error) : connectionError(error, url)
  }
}

/**
 * Returns the body as sent. undici's `request` does not decompress, so `maxBytes` limits the body. Without the header
 * `accept-encoding`, a server may compress (RFC 9110 section 12.5.3).
 */
async function get(url: URL, signal: AbortSignal, maxBytes: number): Promise<string> {
  const target = { host: url.hostname, port: Number(url.port || 443) }
  const client = new Client(url.origin, {
    connect: connectorTo(target, { via: { kind: 'public', signal } }),
    maxResponseSize: maxBytes,
    // The signal limits the complete request.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  try {
    const path = `${url.pathname}${url.search}`
    const answer = await client.request({
      path,
      method: 'GET',
      headers: { accept: 'application/json', 'accept-encoding': 'identity' },
      signal,
      reset: true,
    })
    const refusal = refusalOf(url.href, answer)
    if (refusal) throw refusal
    return await answer.body.text()
  } catch (error) {
    if (!(error instanceof errors.ResponseExceededMaxSizeError)) throw error
    throw invalidDiscovery(url.href, `it is larger than ${maxBytes} bytes`)
  } finally {
    await client.destroy()
  }
}

/** An organisation policy can override a bucket's grants. The bucket's IAM policy does not show this. */
const letEverybodyRead =
  'Let everybody read it. If it is in a bucket, the organisation policy constraints/storage.publicAccessPrevention may prevent public access'

function refusalOf(
  url: string,
  { statusCode: status, headers }: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
): StepError | undefined {
  if (status === 200) {
    return isEncoded(headers)
      ? invalidDiscovery(url, 'it is compressed, although the request accepts no compression')
      : undefined
  }
  if (status >= 300 && status < 400) {
    return invalidDiscovery(url, `it redirects (status ${status}), and redirects are not followed`)
  }
  if (isTransient(status)) return outOfService(url, status)
  return new Unreachable({
    object: url,
    reason: `it answers ${status} to the public`,
    action: status === 401 || status === 403 ? letEverybodyRead : 'Publish the document, and let everybody read it',
  })
}

/** A transient status does not say whether the document is published and public. */
function outOfService(url: string, status: number): CloudUnavailable {
  return new CloudUnavailable({
    object: url,
    reason: `its host could not serve it just now (status ${status})`,
    action: 'If it recurs, check the host',
  })
}

function parse(body: string, url: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // The error has no cause, because the message of a SyntaxError repeats a part of the body.
    throw outlineOf(body).isCut ? cut(url) : invalidDiscovery(url, 'it is not JSON')
  }
}

/** Without Content-Length, HTTP does not detect a truncated body. The issuer may also still be writing the document. */
function cut(url: string): Unreachable {
  return new Unreachable({
    object: url,
    reason: 'the document ends before its JSON is complete',
    action: 'If it recurs, publish the complete document, and check the proxies in front of its host',
  })
}

function tooSlow(url: string, timeoutMs: number, cause: unknown): Unreachable {
  return new Unreachable(
    { object: url, reason: `no complete answer within ${timeoutMs / 1000} s`, action: 'Check the host that serves it' },
    { cause },
  )
}
