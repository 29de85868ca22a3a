import { builtPortal } from '../portal/build.ts'
import { PortalFiles } from './gateway/portal-files.ts'
import type { Gateway, Portal } from './gateway/server.ts'

/** The answer to a browser until the portal is built. The browser repeats its request by itself. */
export const portalToCome = unavailable('The portal is being prepared. It appears here by itself.', {
  'retry-after': '2',
  refresh: '2',
})

export const portalThatFailed = unavailable('The portal could not be built. The terminal of npm start says why.')

function unavailable(text: string, headers: Readonly<Record<string, string>> = {}): Portal {
  return {
    answer(_incoming, _pathname, outgoing) {
      outgoing.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(`${text}\n`)
      return true
    },
  }
}

/**
 * Builds the portal if needed, and serves it on the sandbox's port.
 *
 * @param signal ends the build
 * @throws {Error} when the portal cannot be built
 */
export async function servePortal(gateway: Gateway, signal: AbortSignal): Promise<void> {
  // The port signs each request, so that the portal needs no sign-in.
  gateway.servePortal(await PortalFiles.read(await builtPortal(signal), { api: '' }))
}
