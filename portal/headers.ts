import type { PortalConfig } from './config.ts'

/** What is said of each file of the portal. @param connections the origins that the page talks to, besides its own */
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
 * The page takes scripts, styles, fonts and pictures from its own origin, as files only. It turns no text into script or HTML:
 * https://developer.mozilla.org/docs/Web/API/Trusted_Types_API.
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

/** The origins of the API and of the issuer. An API below the portal's own origin is a path, and no URL. */
export function connectionsOf({ api, signIn }: PortalConfig): string[] {
  const urls = [api, ...(signIn ? [signIn.issuer, ...(signIn.origins ?? [])] : [])]
  return [...new Set(urls.flatMap((url) => URL.parse(url)?.origin ?? []))]
}
