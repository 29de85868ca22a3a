import http from 'node:http'
import tls from 'node:tls'
import type { Authority } from '../../../sandbox/network/authority.ts'
import type { ConnectProxy } from '../../../sandbox/network/proxy.ts'

const proxyVariables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'] as const

/**
 * Lets code in this process reach the sandbox by real host names, as NODE_EXTRA_CA_CERTS and HTTPS_PROXY do for a function's
 * process. Returns a function that restores the previous state.
 */
export function trustAndProxy(authority: Pick<Authority, 'caPem'>, proxy: Pick<ConnectProxy, 'url'>): () => void {
  const certificates = tls.getCACertificates('default')
  const environment = proxyVariables.map((name) => [name, process.env[name]] as const)
  for (const name of proxyVariables) delete process.env[name]
  process.env.HTTPS_PROXY = proxy.url
  process.env.NO_PROXY = '127.0.0.1,localhost'
  tls.setDefaultCACertificates([...certificates, authority.caPem])
  const restoreAgents = http.setGlobalProxyFromEnv()

  return () => {
    restoreAgents()
    tls.setDefaultCACertificates(certificates)
    for (const [name, value] of environment) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}
