import { builtPortal } from '../portal/build.ts'
import { PortalFiles } from './gateway/portal-files.ts'
import type { Gateway, Portal } from './gateway/server.ts'

/** The answer to a browser until the portal is built. The browser repeats its request by itself. */
export const portalToCome: Portal = {
  answer(_incoming, _pathname, outgoing) {
    outgoing.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '2', refresh: '2' })
    outgoing.end('The portal is being prepared. It appears here by itself.\n')
    return true
  },
}

export const portalThatFailed: Portal = {
  answer(_incoming, _pathname, outgoing) {
    outgoing.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' })
    outgoing.end('The portal could not be built. The terminal of npm start says why.\n')
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
