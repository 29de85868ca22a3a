import type { ConnectionOptions } from 'node:tls'
import { buildConnector } from 'undici'
import { dial, type Target, type Via } from './dial.ts'

/** What a server is believed by, and what it is shown. */
export type TlsOptions = Pick<ConnectionOptions, 'ca' | 'cert' | 'key'>

/**
 * How undici connects to the target and to nothing else: over {@link dial}, and then in TLS, with HTTP/1.1.
 *
 * @param servername the name that the certificate has to be of, when it is not the URL's
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
