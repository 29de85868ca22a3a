import { builtPortal } from '../../../portal/build.ts'
import { PortalFiles } from '../../../sandbox/gateway/portal-files.ts'
import { startPublicHost } from '../../../sandbox/network/public-host.ts'
import type { System } from '../../e2e/support/system.ts'
import { apiFront } from '../../long/support/api-front.ts'
import { deploySecond } from '../../long/support/second-deployment.ts'
import { tokenIssuers } from '../../long/support/token-issuers.ts'
import { localServer } from '../../support/network/local-server.ts'
import { peopleIssuer, portalClientId, resource } from '../../support/network/people-issuer.ts'

export interface SignInPortal {
  readonly url: string
  readonly issuer: string
  close(): Promise<void>
}

/** The lifetime of a token, in seconds. */
export const accessTokenTTL = 12

/**
 * A portal with a sign-in at a real OpenID Provider, for a deployment that accepts its tokens. The API has the portal's
 * origin, because MiniStack does not support API Gateway's CORS responses.
 */
export async function signInPortal(running: System): Promise<SignInPortal> {
  const { authority, proxy } = running.sandbox
  const { issuer } = tokenIssuers.people
  const second = await deploySecond(running)
  const signIn = { issuer, clientId: portalClientId, scope: 'openid', resource }
  const files = await PortalFiles.read(await builtPortal(), { api: '/people', signIn })
  const api = apiFront(second.system.sandbox.deployment.api)
  const portal = await localServer(() => (request, response) => {
    const { pathname } = new URL(request.url ?? '/', issuer)
    if (pathname.startsWith('/people/')) return api(request, response)
    if (!files.answer(request, pathname, response)) response.writeHead(404).end()
  })
  const handler = await peopleIssuer({ issuer, accessTokenTTL, groups: ['platform admins'], portal: portal.url })
  const host = await startPublicHost({ authority, proxy, names: [new URL(issuer).host], handler })
  return {
    url: portal.url,
    issuer,
    close: async () => {
      await Promise.all([portal.close(), host.close(), second.close()])
    },
  }
}
