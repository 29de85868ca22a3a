/** Compares the product's thumbprints with those of AWS's instructions for openssl, for many chains. */
import { createServer } from 'node:https'
import net from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDiscovery } from '../../lambdas/clouds/network/read-discovery.ts'
import { readTrustedChain } from '../../lambdas/clouds/network/tls/read-chain.ts'
import { InvalidDiscovery, Unreachable, UntrustedCertificate } from '../../lambdas/errors/step-errors.ts'
import { thumbprintOf } from '../../lambdas/provider/thumbprint.ts'
import { listenOnFreePort } from '../../sandbox/network/listen.ts'
import { authority, type Certified, presentation, server } from './support/certificates.ts'
import { opensslVersion } from './support/openssl.ts'
import { type Chain, startTlsServers, type TlsServers } from './support/tls-servers.ts'

const root = await authority({ name: 'Root' })
const upper = await authority({ name: 'Upper', by: root })
const lower = await authority({ name: 'Lower', by: upper })
const rsaRoot = await authority({ name: 'RSA Root', algorithm: 'rsa' })
const rsaIntermediate = await authority({ name: 'RSA Intermediate', by: rsaRoot, algorithm: 'rsa' })
/** A newer trusted root, which the older root has cross-signed for clients that do not trust it yet. */
const newRoot = await authority({ name: 'New Root' })
const crossSigned = await authority({ name: 'New Root', of: newRoot, by: root })
const newIntermediate = await authority({ name: 'New Intermediate', by: newRoot })
/** A root that is not trusted, except through its cross-signature. */
const unknownRoot = await authority({ name: 'Unknown Root' })
const vouchedFor = await authority({ name: 'Unknown Root', of: unknownRoot, by: root })
const unknownIntermediate = await authority({ name: 'Unknown Intermediate', by: unknownRoot })

let internet: TlsServers

beforeAll(async () => {
  internet = await startTlsServers([root, rsaRoot, newRoot])
  console.info(`thumbprints against ${await opensslVersion()}`)
})
afterAll(() => internet.end())

let count = 0
/** Starts a server with a certificate signed by `by`, and returns its name. */
async function served(by: Certified, others: readonly Certified[], options: object = {}): Promise<string> {
  const name = `keys-${++count}.example`
  const leaf = await server({ name, by, algorithm: by.algorithm })
  const chain: Chain = [leaf, ...others]
  await internet.serve(name, chain, options)
  return name
}

describe('the thumbprint is the one of openssl', () => {
  test.each<[string, Certified, readonly Certified[]]>([
    ['one certificate', root, []],
    ['two certificates', upper, [upper]],
    ['two certificates, the second one the root', root, [root]],
    ['three certificates', lower, [lower, upper]],
    ['three certificates, the third one the root', upper, [upper, root]],
    ['four certificates, the fourth one the root', lower, [lower, upper, root]],
    ['RSA: two certificates', rsaIntermediate, [rsaIntermediate]],
    ['RSA: three certificates, the third one the root', rsaIntermediate, [rsaIntermediate, rsaRoot]],
    ['a trusted root, sent with its cross-signature', newIntermediate, [newIntermediate, crossSigned]],
    ['a root that is trusted only through its cross-signature', unknownIntermediate, [unknownIntermediate, vouchedFor]],
    ['a certificate that is sent twice', upper, [upper, upper]],
    ['an unneeded certificate', upper, [upper, rsaIntermediate]],
  ])('%s', async (_, by, others) => {
    const name = await served(by, others)
    const [shown, ours] = await Promise.all([internet.show(name), readTrustedChain(name, 443)])

    expect(shown.verification).toBe('0 (ok)')
    expect({ thumbprint: thumbprintOf(ours), certificates: ours.length }).toEqual({
      thumbprint: shown.thumbprint,
      certificates: others.length + 1,
    })
    expect(shown.certificates).toBe(others.length + 1)
  })

  // The instructions say "find the last certificate that is displayed (at the bottom of the command output)". This is the top
  // intermediate only if the server sends its chain in order. The product follows the instructions.
  test.each<[string, Certified, readonly Certified[]]>([
    ['the root before the intermediate', upper, [root, upper]],
    ['the upper intermediate before the lower one', lower, [upper, lower]],
  ])('of the last certificate, if the order is wrong: %s', async (_, by, others) => {
    const name = await served(by, others)
    const [shown, ours] = await Promise.all([internet.show(name), readTrustedChain(name, 443)])

    expect(shown.verification).toBe('0 (ok)')
    expect(thumbprintOf(ours)).toBe(shown.thumbprint)
    expect(ours.at(-1)).toEqual(Buffer.from(others.at(-1)?.certificate.rawData ?? new ArrayBuffer(0)))
  })

  test.each([
    ['TLSv1.3', { minVersion: 'TLSv1.3' }],
    ['TLSv1.2', { maxVersion: 'TLSv1.2' }],
  ])('of a server that speaks %s only', async (protocol, options) => {
    for (const [by, others] of [
      [lower, [lower, upper]],
      [rsaIntermediate, [rsaIntermediate]],
    ] as const) {
      const name = await served(by, others, options)
      const shown = await internet.show(name)
      expect(shown.protocol).toBe(protocol)
      expect(thumbprintOf(await readTrustedChain(name, 443))).toBe(shown.thumbprint)
    }
  })

  test('of the same chain, if a server has an RSA and an ECDSA chain', async () => {
    const name = 'both.example'
    const ecdsa: Chain = [await server({ name, by: upper }), upper]
    const rsa: Chain = [await server({ name, by: rsaIntermediate, algorithm: 'rsa' }), rsaIntermediate]
    const [one, other] = [presentation(ecdsa), presentation(rsa)]
    await internet.serve(name, ecdsa, { key: [one.key, other.key], cert: [one.cert, other.cert] })

    expect(thumbprintOf(await readTrustedChain(name, 443))).toBe((await internet.show(name)).thumbprint)
  })
})

describe('a chain that openssl does not trust has no thumbprint', () => {
  const past = new Date(Date.now() - 86_400_000)
  async function expired(): Promise<string> {
    const name = 'expired.example'
    await internet.serve(name, [await server({ name, by: upper, notAfter: past }), upper])
    return name
  }
  async function belowExpired(): Promise<string> {
    const old = await authority({ name: 'Old', by: root, notAfter: past })
    return served(old, [old])
  }
  async function otherName(): Promise<string> {
    await internet.serve('misnamed.example', [await server({ name: 'another.example', by: upper }), upper])
    return 'misnamed.example'
  }
  async function selfSigned(): Promise<string> {
    const name = 'self.example'
    await internet.serve(name, [await server({ name })])
    return name
  }

  test.each<[string, () => Promise<string>, string, string]>([
    ['an expired certificate', expired, '10 (certificate has expired)', 'CERT_HAS_EXPIRED'],
    ['a certificate below an expired intermediate', belowExpired, '10 (certificate has expired)', 'CERT_HAS_EXPIRED'],
    [
      'a chain without its intermediate',
      () => served(upper, []),
      '21 (unable to verify the first certificate)',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'a chain below an untrusted root',
      () => served(unknownIntermediate, [unknownIntermediate]),
      '20 (unable to get local issuer certificate)',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    ],
    [
      'a chain with an untrusted root',
      () => served(unknownIntermediate, [unknownIntermediate, unknownRoot]),
      '19 (self-signed certificate in certificate chain)',
      'SELF_SIGNED_CERT_IN_CHAIN',
    ],
    ['a self-signed certificate', selfSigned, '18 (self-signed certificate)', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['a certificate for another name', otherName, '62 (hostname mismatch)', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('%s', async (_, serve, said, code) => {
    const name = await serve()

    expect((await internet.show(name)).verification).toBe(said)
    const error = await readTrustedChain(name, 443).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UntrustedCertificate)
    expect(String(error)).toContain(`${name}:443: its TLS certificate does not validate (${code})`)
  })
})

describe('a server that', () => {
  /** Forwards only the first bytes of a real server. */
  async function cutShort(name: string, bytes: number): Promise<void> {
    const origin = createServer(presentation([await server({ name, by: upper }), upper]))
    origin.on('tlsClientError', (_error, socket) => socket.destroy())
    const port = await listenOnFreePort(origin)
    await internet.answer(name, (client) => {
      const behind = net.connect(port, '127.0.0.1')
      let remaining = bytes
      client.pipe(behind)
      behind.on('data', (part: Buffer) => {
        if (remaining > 0) client.write(part.subarray(0, remaining))
        remaining -= part.length
      })
      behind.on('error', () => behind.destroy())
      client.once('close', () => {
        behind.destroy()
        origin.close()
      })
    })
  }

  test.each<[string, string, (name: string) => Promise<void>]>([
    ['sends nothing', 'silent.example', (name) => internet.answer(name, () => {})],
    ['stops in the middle of the handshake', 'stuck.example', (name) => cutShort(name, 200)],
  ])('%s is unreachable, after ten seconds', async (_, name, serve) => {
    await serve(name)
    const begin = performance.now()
    const error = await readTrustedChain(name, 443).catch((thrown: unknown) => thrown)

    expect(error).toBeInstanceOf(Unreachable)
    expect(String(error)).toContain(`${name}:443: it takes the connection and does not finish the TLS handshake`)
    expect(performance.now() - begin).toBeGreaterThan(9_900)
  })

  test('closes the connection, or does not speak TLS, is unreachable at once', async () => {
    await internet.answer('mute.example', (socket) => socket.end())
    await internet.answer('plain.example', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))

    for (const name of ['mute.example', 'plain.example']) {
      const error = await readTrustedChain(name, 443).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(Unreachable)
      expect(String(error)).toMatch(new RegExp(`^Unreachable: ${name}:443: no answer \\((ECONNRESET|ERR_SSL_\\w+)\\)`))
    }
  })

  test('redirects has the thumbprint of its own chain, and the redirect is not followed', async () => {
    const elsewhere = await served(rsaIntermediate, [rsaIntermediate])
    const name = 'redirecting.example'
    const redirecting = createServer(presentation([await server({ name, by: upper }), upper]), (_request, response) =>
      response.writeHead(302, { location: `https://${elsewhere}/` }).end(),
    )
    await internet.answer(name, (socket) => redirecting.emit('connection', socket))

    const ours = thumbprintOf(await readTrustedChain(name, 443))
    expect(ours).toBe((await internet.show(name)).thumbprint)
    expect(ours).not.toBe((await internet.show(elsewhere)).thumbprint)
    const error = await readDiscovery(`https://${name}`).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(InvalidDiscovery)
    expect(String(error)).toContain('it redirects (status 302), and redirects are not followed')
  })
})
