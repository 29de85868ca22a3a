import { isIP } from 'node:net'
import tls from 'node:tls'
import { Unreachable } from '../../../errors/step-errors.ts'
import { connectionError, untrusted } from '../connection-error.ts'
import { dial } from '../dial.ts'

const handshakeTimeoutMs = 10_000

export interface ServerChain {
  /** The certificates in DER, as the server sent them: the leaf first, and a root only if the server sent one. */
  readonly certificates: readonly Buffer[]
  /** Whether the chain validates against the trusted roots, and the name against the leaf. */
  readonly authorized: boolean
  /** The code of OpenSSL or Node for the validation error. */
  readonly reason?: string
}

/**
 * Returns the certificates that a public TLS server presents, whether they validate or not. {@link readTrustedChain}
 * requires that they validate.
 *
 * @param address the address to connect to. The default is any address of the host
 * @throws {Unreachable} when the server does not respond, or does not finish the TLS handshake
 * @throws {UnsafeAddress} when the host is, or resolves to, an address that is not public
 */
export async function readChain(
  host: string,
  port: number,
  signal?: AbortSignal,
  address: string = host,
): Promise<ServerChain> {
  const socket = await dial({ host: address, port }, { kind: 'public', signal })
  const servername = isIP(host) ? '' : host
  // A rejection would hide the certificates. `authorized` has the result of the validation.
  const secure = tls.connect({ socket, host, servername, rejectUnauthorized: false })
  const limit = AbortSignal.any([...(signal ? [signal] : []), AbortSignal.timeout(handshakeTimeoutMs)])
  const abandon = () => secure.destroy(new Error('out of time'))
  limit.addEventListener('abort', abandon)
  try {
    await handshake(secure)
    return chainOf(secure)
  } catch (error) {
    const object = `${host}:${port}`
    throw limit.aborted ? tooSlow(object, error) : connectionError(error, object)
  } finally {
    limit.removeEventListener('abort', abandon)
    secure.destroy()
  }
}

/**
 * Returns the certificates of {@link readChain}, in DER.
 *
 * @throws {UntrustedCertificate} when the chain or the name does not validate
 * @throws {Unreachable} when the server does not respond, or does not finish the TLS handshake
 * @throws {UnsafeAddress} when the host is, or resolves to, an address that is not public
 */
export async function readTrustedChain(
  host: string,
  port: number,
  signal?: AbortSignal,
  address?: string,
): Promise<readonly Buffer[]> {
  const { certificates, authorized, reason } = await readChain(host, port, signal, address)
  if (!authorized) throw untrusted(`${host}:${port}`, reason ?? 'unknown')
  return certificates
}

function handshake(socket: tls.TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed during the handshake')))
  })
}

function tooSlow(object: string, cause: unknown): Unreachable {
  return new Unreachable(
    {
      object,
      reason: 'it takes the connection and does not finish the TLS handshake',
      action: 'Check that the host speaks TLS on this port. Check also the proxy in front of it, if there is one',
    },
    { cause },
  )
}

/** Does not use getPeerCertificate(true), which adds a root of the local store that the server did not send. */
function chainOf(socket: tls.TLSSocket): ServerChain {
  const certificates: Buffer[] = []
  for (let next = socket.getPeerX509Certificate(); next; next = next.issuerCertificate) certificates.push(next.raw)
  if (socket.authorized) return { certificates, authorized: true }
  return { certificates, authorized: false, reason: String(socket.authorizationError) }
}
