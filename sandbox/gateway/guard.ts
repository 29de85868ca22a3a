import type { IncomingHttpHeaders } from 'node:http'

/**
 * Why a request must not be signed for a local user, or undefined when it may be.
 *
 * The port signs whatever reaches it, so a page of any site open in the user's browser could use it: by a cross-site
 * request (refused by the Fetch Metadata headers and Origin), or by a name that it points at 127.0.0.1 (DNS rebinding,
 * refused by the Host header). See https://developer.mozilla.org/docs/Glossary/Fetch_metadata_request_header.
 */
export function refusalOf(headers: IncomingHttpHeaders, port: number): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const host = headers.host ?? ''
  if (!hosts.includes(host)) return `Host is "${host}": this port answers to ${hosts.join(' and ')} only`
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'a page of another site made this request'
  const origin = headers.origin
  if (origin !== undefined && !hosts.some((known) => origin === `http://${known}`)) {
    return `a page of ${origin} made this request`
  }
  return undefined
}
