import { describe, expect, it } from 'vitest'
import { afterRevocation, requireDispensable, revokedInCluster } from '../../../lambdas/discovery/revocation.ts'

const revoked = (kid: string, revokedBy = 'somebody') => ({
  kid,
  thumbprint: `print-${kid}`,
  revokedAt: '2026-11-27T12:00:00.000Z',
  revokedBy,
})
const published = (kid: string) => ({ kid, thumbprint: `print-${kid}` })
const key = (kid: string) => ({ key: { kty: 'RSA' as const, kid, n: kid, e: 'AQAB' }, thumbprint: `print-${kid}` })

describe('a revocation', () => {
  it('moves the key from the published to the revoked keys', () => {
    const before = { publishedKeys: [published('a'), published('b')], revokedKeys: [revoked('old')] }
    expect(afterRevocation(revoked('a'), before)).toEqual({
      publishedKeys: [published('b')],
      revokedKeys: [revoked('old'), revoked('a')],
    })
  })

  it('keeps the first caller that revoked a key', () => {
    const before = { publishedKeys: [published('b')], revokedKeys: [revoked('a', 'the first')] }
    expect(afterRevocation(revoked('a', 'the second'), before)).toEqual(before)
  })

  it('is recorded for a cluster without recorded keys', () => {
    expect(afterRevocation(revoked('a'), {})).toEqual({ publishedKeys: [], revokedKeys: [revoked('a')] })
  })
})

describe('a revocation without force', () => {
  const candidate = { cluster: 'edge-1', kid: 'old', signing: 'new', remaining: 1 }

  it('is allowed for a key that the cluster no longer signs with, while another is published', () => {
    expect(() => requireDispensable(candidate)).not.toThrow()
    expect(() => requireDispensable({ ...candidate, signing: undefined })).not.toThrow()
  })

  it.each([
    ['the key that the cluster signs with', { kid: 'new' }, /signs with it now/],
    ['the last key', { remaining: 0 }, /the only key that is published/],
  ])('is refused for %s, and the message has the safe order', (_, otherwise, reason) => {
    const refused = () => requireDispensable({ ...candidate, ...otherwise })
    expect(refused).toThrow(reason)
    expect(refused).toThrow(
      /POST \/v1\/clusters\/edge-1\/signing-keys, wait for the caches, sign with it\. Then revoke/,
    )
    expect(refused).toThrow(expect.objectContaining({ name: 'KeyInUse', transient: false }))
  })
})

describe('the report of a dry run', () => {
  it('names each revoked key that the API servers still have, and the flag to remove it from', () => {
    expect(revokedInCluster('edge-1', [key('a'), key('b')], [published('a'), published('gone')])).toEqual([
      {
        object: 'API servers of cluster edge-1',
        action: 'unchanged',
        additions: [
          {
            field: '--service-account-key-file',
            observed: 'key a, which is revoked: remove it from the API servers',
          },
        ],
      },
    ])
  })

  it('is empty for a cluster without such a key', () => {
    expect(revokedInCluster('edge-1', [key('b')], [published('a')])).toEqual([])
  })
})
