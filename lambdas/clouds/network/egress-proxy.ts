/** The environment variables. HTTPS_PROXY and NO_PROXY may be in upper or lower case. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>

/**
 * Returns the URL of the environment's HTTP proxy for TLS connections to this host, or undefined for a direct
 * connection. The AWS clients use the proxy support of Node. This function has the same rules, so it chooses the same
 * route: https://nodejs.org/docs/latest-v24.x/api/http.html#built-in-proxy-support. NO_PROXY accepts `*`, a name,
 * `.domain` or `*.domain`, each with or without a port.
 */
export function egressProxyFor(
  target: { readonly host: string; readonly port: number },
  environment: ProxyEnvironment,
): string | undefined {
  const proxy = environment.https_proxy || environment.HTTPS_PROXY
  if (!proxy) return undefined
  const exceptions = (environment.no_proxy || environment.NO_PROXY || '').split(/[\s,]+/).filter(Boolean)
  const host = target.host.toLowerCase()
  return exceptions.some((entry) => isExcepted(entry.toLowerCase(), host, target.port)) ? undefined : proxy
}

function isExcepted(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true
  const [, name = entry, onlyPort] = /^(.+?)(?::(\d+))?$/.exec(entry) ?? []
  if (onlyPort !== undefined && Number(onlyPort) !== port) return false
  const domain = /^\*?(\..+)$/.exec(name)?.[1]
  return domain === undefined ? host === name : host.endsWith(domain)
}
