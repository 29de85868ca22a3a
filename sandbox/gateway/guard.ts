import type { IncomingHttpHeaders } from 'node:http'

/**
 * Returns why a request must not be signed for a local user, or undefined when it may be.
 *
 * The port signs every accepted request, so a page of any site in the user's browser might use the port. Fetch Metadata
 * headers and Origin reveal a cross-site request. The Host header reveals DNS rebinding: a site that points its own
 * name at 127.0.0.1. See https://developer.mozilla.org/docs/Glossary/Fetch_metadata_request_header.
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
