import type { Dispatcher } from 'undici'
import type { ClusterTarget, CredentialsFacts } from './cluster-client.ts'
import type { ClusterCredentials } from './credentials.ts'
import { lifeOf } from './credentials-life.ts'
import { dispatcherFor } from './dispatcher.ts'
import type { Transport } from './http.ts'

/** How a client gets to one API server. */
export interface ServerAccess {
  /** https URL. */
  readonly server: string
  /** PEM of the certificate authorities that sign the server's certificate. */
  readonly authorities: string
  readonly credentials: CredentialsFacts
  /** The token that the transport's requests carry. Absent when the client does not know it. */
  readonly token?: string | undefined
  readonly transport: Transport
  /** The time limit for a complete response. */
  readonly timeoutMs: number
}

/**
 * The time limit for a complete response, even if its data arrives steadily. The dispatcher limits each pause, and the
 * step's signal limits all requests of a step together.
 */
const answerTimeoutMs = 30_000

/** The access through the function's own connections, not through an agent. */
export function directAccess(
  target: Pick<ClusterTarget, 'proxyUrl'>,
  credentials: ClusterCredentials,
  signal?: AbortSignal,
): ServerAccess {
  const proxyUrl = target.proxyUrl ?? credentials.proxyUrl
  return {
    server: credentials.server,
    authorities: credentials.ca,
    credentials: { ...lifeOf(credentials), wantsRenewal: credentials.wantsRenewal ?? false },
    token: credentials.token,
    timeoutMs: answerTimeoutMs,
    transport: transportOf(dispatcherFor(credentials, { proxyUrl, kind: 'cluster', signal })),
  }
}

export function transportOf(dispatcher: Dispatcher): Transport {
  return async (request) => {
    const { statusCode, headers, body } = await dispatcher.request(request)
    return { statusCode, headers, body, discard: () => void body.on('error', () => undefined).destroy() }
  }
}
