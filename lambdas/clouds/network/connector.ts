import type { ConnectionOptions } from 'node:tls'
import { buildConnector } from 'undici'
import { dial, type Target, type Via } from './dial.ts'

/** The certificate authorities of the server, and the client's certificate and key. */
export type TlsOptions = Pick<ConnectionOptions, 'ca' | 'cert' | 'key'>

/**
 * Returns a connector for undici that connects only to the target. It opens the connection by {@link dial}, and speaks
 * HTTP/1.1 over TLS.
 *
 * @param servername the name that the certificate must have, if it is not the host of the URL
 */
export function connectorTo(
  target: Target,
  {
    via,
    tls = {},
    servername,
  }: { readonly via: Via; readonly tls?: TlsOptions; readonly servername?: string | undefined },
): buildConnector.connector {
  const secure = buildConnector({ ...tls, allowH2: false })
  return (options, callback) => {
    dial(target, via).then(
      (httpSocket) => secure({ ...options, servername: servername ?? options.servername ?? '', httpSocket }, callback),
      (error: Error) => callback(error, null),
    )
  }
}
