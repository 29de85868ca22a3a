import { type LookupAddress, type LookupOptions, lookup } from 'node:dns'
import http from 'node:http'
import net from 'node:net'
import { InvalidObject, Unreachable, UnsafeAddress } from '../../errors/step-errors.ts'
import { addressProblem, hostProblem, type Reach } from './address.ts'
import { connectionError } from './connection-error.ts'
import { egressProxyFor } from './egress-proxy.ts'

/** The time limit for the complete connection, through all proxies. */
const connectTimeoutMs = 10_000

export interface Target {
  /** A DNS name or an address. */
  readonly host: string
  readonly port: number
}

export interface Via {
  /** The HTTP CONNECT proxy in the cluster's spec or credentials. The URL may contain a user name and a password. */
  readonly proxyUrl?: string | undefined
  readonly kind: Reach
  readonly signal?: AbortSignal | undefined
}

/** A proxy in front of the target. A `trusted` proxy comes from the function's environment, not from {@link Via}. */
interface Hop extends Target {
  readonly authorization: string | undefined
  readonly trusted: boolean
}

/**
 * Opens a TCP connection to the target, through `proxyUrl` if there is one. The first connection goes through the
 * environment's egress proxy, if HTTPS_PROXY and NO_PROXY require it. Without a proxy, the connection uses exactly the
 * address that was checked. With a proxy, only the proxy resolves the target's name.
 *
 * @throws {UnsafeAddress} when the reach `kind` does not allow the target or its address, or the reach `cluster` does
 * not allow the proxy in `proxyUrl`
 * @throws {Unreachable} when the target or a proxy cannot be reached; the error names the host
 * @throws {InvalidObject} when a proxy URL is not `http://host:port`
 */
export async function dial({ host, port }: Target, via: Via): Promise<net.Socket> {
  const target = { host: withoutBrackets(host), port }
  checkHost(target, via.kind)
  const hops = hopsTo(target, via.proxyUrl)
  const signal = AbortSignal.any([...(via.signal ? [via.signal] : []), AbortSignal.timeout(connectTimeoutMs)])
  const [first = { ...target, trusted: false }] = hops
  let socket = await connectTcp(first, { reach: hops.length === 0 ? via.kind : 'cluster', signal })
  for (const [index, hop] of hops.entries()) {
    socket = await tunnel(socket, { proxy: hop, to: hops[index + 1] ?? target, signal })
  }
  return socket
}

/** Returns the proxies in front of the target, in the order of the connection. */
function hopsTo(target: Target, proxyUrl: string | undefined): Hop[] {
  const requested = proxyUrl === undefined ? undefined : parseProxy(proxyUrl, false)
  if (requested) checkHost(requested, 'cluster')
  const egress = egressProxyFor(requested ?? target, process.env)
  return [...(egress ? [parseProxy(egress, true)] : []), ...(requested ? [requested] : [])]
}

function parseProxy(text: string, trusted: boolean): Hop {
  const url = URL.parse(text)
  const credentials = url && decoded(`${url.username}:${url.password}`)
  if (url?.protocol !== 'http:' || credentials === undefined) {
    throw new InvalidObject({
      object: trusted ? 'HTTPS_PROXY' : 'proxyUrl',
      reason: 'it is not the URL of an HTTP CONNECT proxy',
      action: 'Give it as http://host:port',
    })
  }
  return {
    host: withoutBrackets(url.hostname),
    port: Number(url.port || 80),
    authorization: url.username ? `Basic ${Buffer.from(credentials ?? '').toString('base64')}` : undefined,
    trusted,
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function checkHost(target: Target, reach: Reach): void {
  const problem = hostProblem(target.host, reach)
  if (problem) throw unsafe(target, problem)
}

function unsafe(target: Target, problem: string): UnsafeAddress {
  return new UnsafeAddress({
    object: nameOf(target),
    reason: `it must not be connected to: ${problem}`,
    action: 'Use a host whose addresses can be reached from outside',
  })
}

function connectTcp(
  target: Target & { readonly trusted: boolean },
  how: { readonly reach: Reach; readonly signal: AbortSignal },
): Promise<net.Socket> {
  const { host, port, trusted } = target
  const socket = net.connect({ host, port, ...(!trusted && { lookup: guardedLookup(target, how.reach) }) })
  return inTime(how.signal, socket, target, (resolve, reject) => {
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

/** Gives `net.connect` only checked addresses. A second DNS lookup could return a different address. */
function guardedLookup(target: Target, reach: Reach): net.LookupFunction {
  return (hostname, options: LookupOptions, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const refused = error ?? problemAmong(addresses, target, reach)
      if (refused) return callback(refused, [])
      const [first] = addresses
      if (options.all || !first) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }
}

/** Returns an error if even one address is forbidden, because `net.connect` may choose any of them. */
function problemAmong(addresses: readonly LookupAddress[], target: Target, reach: Reach): UnsafeAddress | undefined {
  for (const { address } of addresses) {
    const problem = addressProblem(address, reach)
    if (problem) return unsafe(target, `${problem} (${address})`)
  }
  return undefined
}

/** Opens a tunnel over a connection to the proxy (RFC 9110 section 9.3.6). */
function tunnel(
  socket: net.Socket,
  through: { readonly proxy: Hop; readonly to: Target; readonly signal: AbortSignal },
): Promise<net.Socket> {
  const { proxy, to, signal } = through
  const path = nameOf(to)
  const headers = { host: path, ...(proxy.authorization && { 'proxy-authorization': proxy.authorization }) }
  return inTime(signal, socket, proxy, (resolve, reject) => {
    http
      .request({ method: 'CONNECT', path, headers, createConnection: () => socket })
      .once('connect', (response, stream, head) => {
        if (response.statusCode !== 200) return reject(refusedByProxy(proxy, to, response.statusCode))
        if (head.length > 0) stream.unshift(head)
        resolve(socket)
      })
      .once('error', reject)
      .end()
  })
}

/**
 * Runs one stage of the connection.
 *
 * @throws {StepError} when the stage fails or time runs out; the socket is then destroyed
 */
function inTime(
  signal: AbortSignal,
  socket: net.Socket,
  target: Target,
  stage: (resolve: (socket: net.Socket) => void, reject: (error: Error) => void) => void,
): Promise<net.Socket> {
  const abandon = () => socket.destroy(new Error('out of time'))
  if (signal.aborted) abandon()
  signal.addEventListener('abort', abandon)
  return new Promise<net.Socket>(stage)
    .catch((error: unknown) => {
      socket.destroy()
      throw signal.aborted ? outOfTime(target, error) : connectionError(error, nameOf(target))
    })
    .finally(() => signal.removeEventListener('abort', abandon))
}

function refusedByProxy(proxy: Target, to: Target, status: number | undefined): Unreachable {
  return new Unreachable({
    object: nameOf(to),
    reason: `the proxy ${nameOf(proxy)} answered ${status} to CONNECT`,
    action:
      status === 407
        ? 'Give the proxy URL a user name and password that the proxy accepts'
        : 'Let the proxy connect to this host and port, and check that the host is up',
  })
}

function outOfTime(target: Target, cause: unknown): Unreachable {
  return new Unreachable(
    {
      object: nameOf(target),
      reason: 'the connection was not established in time',
      action: 'Check the name, the route, the firewall, and any proxy in front of the server',
    },
    { cause },
  )
}

/** Removes the brackets that a URL puts around an IPv6 address. */
function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '')
}

function nameOf({ host, port }: Target): string {
  return net.isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
}
