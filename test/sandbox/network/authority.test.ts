import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAuthority } from '../../../sandbox/network/authority.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
beforeEach(async () => {
  directory = await temporaryDirectory()
})
afterEach(() => directory.remove())

function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map((text) => new X509Certificate(text))
}

/** The error code of a TLS handshake with this certificate, or `ok`. */
async function handshake(leaf: { key: string; chain: string }, ca: string, servername: string): Promise<string> {
  const server = tls.createServer({ key: leaf.key, cert: leaf.chain }, (socket) => socket.end())
  const port = await listenOnFreePort(server)
  try {
    return await new Promise((resolve) => {
      const socket = tls.connect({ host: '127.0.0.1', port, ca, servername }, () => {
        socket.destroy()
        resolve('ok')
      })
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    })
  } finally {
    server.close()
  }
}

describe('the authority', () => {
  test('issues a leaf and its intermediate, which a client that trusts the root accepts', async () => {
    const authority = await createAuthority(directory.path)
    const leaf = await authority.issue(['storage.googleapis.com', '127.0.0.1'])
    const [certificate, intermediate, ...rest] = certificatesIn(leaf.chain)
    const root = new X509Certificate(authority.caPem)

    expect(rest).toEqual([])
    expect(certificate?.subjectAltName).toBe('DNS:storage.googleapis.com, IP Address:127.0.0.1')
    expect(intermediate && certificate?.verify(intermediate.publicKey)).toBe(true)
    expect(intermediate?.verify(root.publicKey)).toBe(true)
    expect(await handshake(leaf, authority.caPem, 'storage.googleapis.com')).toBe('ok')
    expect(await handshake(leaf, authority.caPem, 'other.googleapis.com')).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  })

  test('includes the root with withRoot', async () => {
    const authority = await createAuthority(directory.path)
    const leaf = await authority.issue(['a.example'], { withRoot: true })

    expect(certificatesIn(leaf.chain).at(-1)?.fingerprint).toBe(new X509Certificate(authority.caPem).fingerprint)
  })

  test('is the same after a restart, and only the owner can read its keys', async () => {
    const first = await createAuthority(directory.path)
    const second = await createAuthority(directory.path)

    expect(second.caPem).toBe(first.caPem)
    expect(await readFile(second.caFile, 'utf8')).toBe(first.caPem)
    expect((await stat(join(directory.path, 'authority.json'))).mode & 0o777).toBe(0o600)
    expect(await handshake(await second.issue(['a.example']), first.caPem, 'a.example')).toBe('ok')
  })

  test('has another intermediate after a rotation, below the same root, also after a restart', async () => {
    const authority = await createAuthority(directory.path)
    const before = certificatesIn((await authority.issue(['a.example'])).chain)[1]
    await authority.rotate()
    const leaf = await authority.issue(['a.example'])
    const restarted = await (await createAuthority(directory.path)).issue(['a.example'])

    expect(certificatesIn(leaf.chain)[1]?.fingerprint).not.toBe(before?.fingerprint)
    expect(certificatesIn(restarted.chain)[1]?.fingerprint).toBe(certificatesIn(leaf.chain)[1]?.fingerprint)
    expect(await handshake(leaf, authority.caPem, 'a.example')).toBe('ok')
  })

  test('issues certificates that a client must refuse: below a foreign root, and expired', async () => {
    const authority = await createAuthority(directory.path)
    const foreign = await authority.issue(['a.example'], { untrusted: true })
    const expired = await authority.issue(['a.example'], { notAfter: new Date(Date.now() - 60_000) })

    expect(await handshake(foreign, authority.caPem, 'a.example')).toBe('UNABLE_TO_GET_ISSUER_CERT_LOCALLY')
    expect(await handshake(expired, authority.caPem, 'a.example')).toBe('CERT_HAS_EXPIRED')
  })
})
