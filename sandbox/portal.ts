import { builtPortal } from '../portal/build.ts'
import { PortalFiles } from './gateway/portal-files.ts'
import type { Gateway, Portal } from './gateway/server.ts'

/** The answer to a browser until the portal is built. The browser repeats its request by itself. */
export const portalToCome: Portal = {
  answer(_incoming, _pathname, outgoing) {
    outgoing.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '2', refresh: '2' })
    outgoing.end('The portal is built after the first proof. This page appears by itself when it is done.\n')
    return true
  },
}

/**
 * Has the port serve the portal, which it builds if need be.
 *
 * @param signal ends the build
 * @throws {Error} when the portal cannot be built
 */
export async function servePortal(gateway: Gateway, signal: AbortSignal): Promise<void> {
  // The port signs: nobody signs in.
  gateway.servePortal(await PortalFiles.read(await builtPortal(signal), { api: '' }))
}
