import type { PortalConfig } from './config.ts'

/** The response headers of each file. @param connections the origins, besides its own, to which the page connects */
export function portalHeaders(connections: readonly string[]) {
  return {
    'content-security-policy': contentSecurityPolicy(connections),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy':
      'camera=(), display-capture=(), fullscreen=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-write=(self)',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  } as const
}

/**
 * The page loads scripts, styles, fonts and images as files of its own origin only. Trusted Types keep it from turning
 * text into script or HTML: https://developer.mozilla.org/docs/Web/API/Trusted_Types_API.
 */
function contentSecurityPolicy(connections: readonly string[]): string {
  return [
    "default-src 'self'",
    ["connect-src 'self'", ...connections].join(' '),
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}

/** The origins of the API and of the issuer. Omits an API on the portal's own origin, which is only a path. */
export function connectionsOf({ api, signIn }: PortalConfig): string[] {
  const urls = [api, ...(signIn ? [signIn.issuer, ...(signIn.origins ?? [])] : [])]
  return [...new Set(urls.flatMap((url) => URL.parse(url)?.origin ?? []))]
}
