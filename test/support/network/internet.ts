import type { RequestListener } from 'node:http'
import { type Authority, createAuthority } from '../../../sandbox/network/authority.ts'
import { type ConnectProxy, startProxy } from '../../../sandbox/network/proxy.ts'
import { type PublicHost, startPublicHost } from '../../../sandbox/network/public-host.ts'
import { trustAndProxy } from '../aws/trust.ts'
import { temporaryDirectory } from '../temporary.ts'

export interface Internet {
  readonly authority: Authority
  readonly proxy: ConnectProxy
  /** Starts a host that this process reaches at `https://name` until the end. */
  host(name: string, handler: RequestListener): Promise<PublicHost>
  end(): Promise<void>
}

/** Host names behind an egress proxy, and a certificate authority that this process trusts. */
export async function startInternet(): Promise<Internet> {
  const directory = await temporaryDirectory()
  const authority = await createAuthority(directory.path)
  const proxy = await startProxy()
  const restore = trustAndProxy(authority, proxy)
  const hosts: PublicHost[] = []

  return {
    authority,
    proxy,
    async host(name, handler) {
      const host = await startPublicHost({ authority, proxy, names: [name], handler })
      hosts.push(host)
      return host
    },
    async end() {
      restore()
      await Promise.all(hosts.map((host) => host.close()))
      await proxy.close()
      await directory.remove()
    },
  }
}
