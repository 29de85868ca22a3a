import { X509Certificate } from 'node:crypto'
import net from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readChain, readTrustedChain } from '../../../../../lambdas/clouds/network/tls/read-chain.ts'
import { Unreachable, UnsafeAddress, UntrustedCertificate } from '../../../../../lambdas/errors/step-errors.ts'
import type { Leaf } from '../../../../../sandbox/network/authority.ts'
import { listenOnFreePort } from '../../../../../sandbox/network/listen.ts'
import type { PublicHost } from '../../../../../sandbox/network/public-host.ts'
import { type Internet, startInternet } from '../../../../support/network/internet.ts'

const name = 'keys.example'
let internet: Internet
let host: PublicHost

beforeAll(async () => {
  internet = await startInternet()
  host = await internet.host(name, (_request, response) => response.end())
})
afterAll(() => internet.end())

function sentBy({ chain }: Leaf): Buffer[] {
  return chain
    .trim()
    .split(/(?<=-----END CERTIFICATE-----)\n/)
    .map((pem) => new X509Certificate(pem).raw)
}

describe('readChain', () => {
  test('returns the leaf and the intermediate, without the root that only this machine has', async () => {
    const leaf = await internet.authority.issue([name])
    host.present(leaf)

    expect(await readChain(name, 443)).toEqual({ certificates: sentBy(leaf), authorized: true })
    expect(await readTrustedChain(name, 443)).toHaveLength(2)
  })

  test('returns the root, too, when the server sends it', async () => {
    const leaf = await internet.authority.issue([name], { withRoot: true })
    host.present(leaf)

    expect((await readChain(name, 443)).certificates).toEqual(sentBy(leaf))
    expect((await readChain(name, 443)).certificates).toHaveLength(3)
  })

  test('returns the certificates in the order of a server that sends them unordered', async () => {
    const leaf = await internet.authority.issue([name], { withRoot: true })
    const [first, second, third] = leaf.chain.trim().split(/(?<=-----END CERTIFICATE-----)\n/)
    const unordered = { key: leaf.key, chain: [first, third, second].join('\n') }
    host.present(unordered)

    expect((await readChain(name, 443)).certificates).toEqual(sentBy(unordered))
  })

  test('does not trust a chain with an untrusted root, an expired one, or one for another name', async () => {
    const cases = [
      [await internet.authority.issue([name], { untrusted: true }), /UNABLE_TO_|SELF_SIGNED/],
      [await internet.authority.issue([name], { notAfter: new Date(Date.now() - 1000) }), /CERT_HAS_EXPIRED/],
      [await internet.authority.issue(['other.example']), /ERR_TLS_CERT_ALTNAME_INVALID/],
    ] as const
    for (const [leaf, reason] of cases) {
      host.present(leaf)
      const chain = await readChain(name, 443)
      expect(chain).toMatchObject({ certificates: sentBy(leaf), authorized: false })
      expect(chain.reason).toMatch(reason)
      const error = await readTrustedChain(name, 443).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(UntrustedCertificate)
      expect(String(error)).toMatch(reason)
    }
  })

  test('does not connect to an address of this machine or of its network', async () => {
    await expect(readChain('127.0.0.1', 443)).rejects.toThrow(UnsafeAddress)
    await expect(readChain('192.168.1.1', 443)).rejects.toThrow(UnsafeAddress)
  })

  test('is Unreachable when the server does not speak TLS, or does not answer in time', async () => {
    const plain = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const given = new AbortController()
    const silent = net.createServer((socket) => socket.once('data', () => given.abort()))
    internet.proxy.route('plain.example:443', await listenOnFreePort(plain))
    internet.proxy.route('silent.example:443', await listenOnFreePort(silent))
    await expect(readChain('plain.example', 443)).rejects.toThrow(Unreachable)
    const error = await readChain('silent.example', 443, given.signal).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Unreachable)
    expect(String(error)).toContain('silent.example:443: it takes the connection and does not finish the TLS handshake')
    plain.close()
    silent.close()
  })
})
