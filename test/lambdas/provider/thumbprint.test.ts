import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { thumbprintOf, unionThumbprints } from '../../../lambdas/provider/thumbprint.ts'
import { createAuthority } from '../../../sandbox/network/authority.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

describe('thumbprintOf', () => {
  test('is the SHA-1 hash of the last presented certificate, in 40 lowercase hex digits', async () => {
    const directory = await temporaryDirectory()
    try {
      const { chain } = await (await createAuthority(directory.path)).issue(['a.example'])
      const certificates = chain.split(/(?<=-----END CERTIFICATE-----\n)/).map((pem) => new X509Certificate(pem))
      const thumbprint = thumbprintOf(certificates.map(({ raw }) => raw))

      expect(thumbprint).toMatch(/^[0-9a-f]{40}$/)
      expect(thumbprint).toBe(certificates.at(-1)?.fingerprint.replaceAll(':', '').toLowerCase())
      if (existsSync('/usr/bin/openssl')) {
        const pem = certificates.at(-1)?.toString() ?? ''
        const output = execFileSync('/usr/bin/openssl', ['x509', '-fingerprint', '-sha1', '-noout'], { input: pem })
        expect(output.toString().trim().split('=').at(-1)?.replaceAll(':', '').toLowerCase()).toBe(thumbprint)
      }
    } finally {
      await directory.remove()
    }
  })

  test('is of the last of three certificates', () => {
    const [leaf, intermediate, root] = ['leaf', 'intermediate', 'root'].map((text) => Buffer.from(text))
    const chain = [leaf, intermediate, root].flatMap((one) => one ?? [])
    expect(thumbprintOf(chain)).toBe(createHash('sha1').update('root').digest('hex'))
  })

  test('throws for an empty chain', () => {
    expect(() => thumbprintOf([])).toThrow(RangeError)
  })
})

describe('unionThumbprints', () => {
  const thumbprint = fc.stringMatching(/^[0-9a-f]{40}$/)
  const existing = fc.uniqueArray(thumbprint, { maxLength: 5 })
  const live = fc.uniqueArray(thumbprint, { minLength: 1, maxLength: 3 })

  test('has each live one, at most five, and none twice', () => {
    fc.assert(
      fc.property(existing, live, (old, fresh) => {
        const union = unionThumbprints(old, fresh)
        expect(union).toEqual(expect.arrayContaining(fresh))
        expect(union.length).toBe(Math.min(5, new Set([...old, ...fresh]).size))
        expect(new Set(union).size).toBe(union.length)
      }),
    )
  })

  test('does not change when it has each live one already', () => {
    fc.assert(
      fc.property(existing, live, (old, fresh) => {
        const union = unionThumbprints(old, fresh)
        expect(unionThumbprints(union, fresh)).toEqual(union)
      }),
    )
  })

  test('drops the oldest that is not live', () => {
    expect(unionThumbprints(['a', 'b', 'c', 'd', 'e'], ['f', 'a'])).toEqual(['a', 'c', 'd', 'e', 'f'])
  })

  test('keeps the first five, when more than five are live', () => {
    expect(unionThumbprints(['a'], ['b', 'c', 'd', 'e', 'f', 'g'])).toEqual(['b', 'c', 'd', 'e', 'f'])
  })

  test('compares thumbprints without case', () => {
    expect(unionThumbprints(['AB'], ['ab'])).toEqual(['ab'])
  })
})
