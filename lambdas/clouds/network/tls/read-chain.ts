import { isIP } from 'node:net'
import tls from 'node:tls'
import { Unreachable } from '../../../errors/step-errors.ts'
import { connectionError, untrusted } from '../connection-error.ts'
import { dial } from '../dial.ts'

const handshakeTimeoutMs = 10_000

export interface ServerChain {
  /** In DER, exactly what the server sent and in its order: the leaf first, a root only if it was sent. */
  readonly certificates: readonly Buffer[]
  /** Whether chain and name validate against the trusted roots. */
  readonly authorized: boolean
  /** OpenSSL's or Node's code of what does not validate. */
  readonly reason?: string
}

/**
 * The certificates that a public TLS server presents, whether they validate or not. Throws Unreachable, UnsafeAddress.
 * What must be believed is read with {@link readTrustedChain}.
 *
 * @param address of the host, to connect to; any of them when left out
 */
export async function readChain(
  host: string,
  port: number,
  signal?: AbortSignal,
  address: string = host,
): Promise<ServerChain> {
  const socket = await dial({ host: address, port }, { kind: 'public', signal })
  const servername = isIP(host) ? '' : host
  // Refusing the handshake would hide what was presented; `authorized` says what would have been refused.
  const secure = tls.connect({ socket, host, servername, rejectUnauthorized: false })
  const limit = AbortSignal.any([...(signal ? [signal] : []), AbortSignal.timeout(handshakeTimeoutMs)])
  const giveUp = () => secure.destroy(new Error('out of time'))
  limit.addEventListener('abort', giveUp)
  try {
    await handshake(secure)
    return chainOf(secure)
  } catch (error) {
    const object = `${host}:${port}`
    throw limit.aborted ? tooSlow(object, error) : connectionError(error, object)
  } finally {
    limit.removeEventListener('abort', giveUp)
    secure.destroy()
  }
}

/** The certificates of {@link readChain}, in DER; throws UntrustedCertificate unless chain and name validate. */
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
      action: 'Check that the host speaks TLS on this port, and the proxy before it',
    },
    { cause },
  )
}

/** Not from getPeerCertificate(true), which completes the chain from the local store with a root that was never sent. */
function chainOf(socket: tls.TLSSocket): ServerChain {
  const certificates: Buffer[] = []
  for (let next = socket.getPeerX509Certificate(); next; next = next.issuerCertificate) certificates.push(next.raw)
  if (socket.authorized) return { certificates, authorized: true }
  return { certificates, authorized: false, reason: String(socket.authorizationError) }
}
