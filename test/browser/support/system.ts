import { builtPortal } from '../../../portal/build.ts'
import { type System, startSystem } from '../../e2e/support/system.ts'

let running: Promise<System> | undefined

/** One sandbox that serves the portal, for all tests. */
export function portalSystem(): Promise<System> {
  running ??= builtPortal().then((portal) => startSystem({ portal }))
  return running
}
