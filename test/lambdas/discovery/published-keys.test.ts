import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeOfKeys, identified, keyStatesOf, keysToPublish } from '../../../lambdas/discovery/published-keys.ts'
import { afterRevocation } from '../../../lambdas/discovery/revocation.ts'
import type { RecordedKey, RevokedKey } from '../../../lambdas/operations/record/record.ts'

const now = new Date('2026-11-27T12:00:00Z')
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString()
const key = (kid: string, thumbprint = `print-${kid}`) => ({
  key: { kty: 'RSA' as const, kid, n: kid, e: 'AQAB' },
  thumbprint,
})
const recorded = (kid: string, missingSince?: string) => ({
  kid,
  thumbprint: `print-${kid}`,
  ...(missingSince !== undefined && { missingSince }),
})
const kidsOf = ({ keys }: ReturnType<typeof keysToPublish>) => keys.map(({ kid }) => kid)

it('the first publication has the keys of the API server, and no earlier published keys', () => {
  const result = keysToPublish([key('b'), key('a')], [key('other')], { recorded: [], revoked: [], now })
  expect(kidsOf(result)).toEqual(['a', 'b'])
  expect(result.recorded).toEqual([recorded('b'), recorded('a')])
})

it('a new key is published with the others', () => {
  const result = keysToPublish([key('a'), key('b')], [key('a')], { recorded: [recorded('a')], revoked: [], now })
  expect(kidsOf(result)).toEqual(['a', 'b'])
})

it('a key that the API server no longer has is still published, and recorded as missing', () => {
  const result = keysToPublish([key('b')], [key('a'), key('b')], {
    recorded: [recorded('a'), recorded('b')],
    revoked: [],
    now,
  })
  expect(kidsOf(result)).toEqual(['a', 'b'])
  expect(result.recorded).toEqual([recorded('b'), recorded('a', now.toISOString())])
})

it.each([
  [23.9, ['a', 'b']],
  [24, ['b']],
])('when key a is missing for %d hours, %j are published', (hours, kids) => {
  const known = [recorded('a', hoursAgo(hours)), recorded('b')]
  const result = keysToPublish([key('b')], [key('a'), key('b')], { recorded: known, revoked: [], now })
  expect(kidsOf(result)).toEqual(kids)
  expect(result.recorded.map(({ kid }) => kid)).toEqual(kids.toReversed())
})

it('a key that the API server has again is no longer recorded as missing', () => {
  const known = [recorded('a', hoursAgo(3))]
  expect(keysToPublish([key('a')], [key('a')], { recorded: known, revoked: [], now }).recorded).toEqual([recorded('a')])
})

it('a missing key is not published when its document is lost, or when another key has its ID', () => {
  const known = [recorded('a'), recorded('b')]
  expect(kidsOf(keysToPublish([key('b')], [], { recorded: known, revoked: [], now }))).toEqual(['b'])
  const replaced = keysToPublish([key('a', 'print-new')], [key('a')], { recorded: [recorded('a')], revoked: [], now })
  expect(replaced.keys).toHaveLength(1)
  expect(replaced.recorded).toEqual([{ kid: 'a', thumbprint: 'print-new' }])
})

it('a key with a changed ID is published only with the new ID', () => {
  const renamed = [key('new', 'print-a'), key('b')]
  const result = keysToPublish(renamed, [key('a'), key('b')], {
    recorded: [recorded('a'), recorded('b')],
    revoked: [],
    now,
  })
  expect(kidsOf(result)).toEqual(['b', 'new'])
  expect(result.recorded.map(({ kid }) => kid)).toEqual(['new', 'b'])
})

it('of two keys with the same ID, the one of the API server is published', () => {
  const live = [key('a', 'print-new'), key('b')]
  const result = keysToPublish(live, [key('a'), key('b')], {
    recorded: [recorded('a'), recorded('b')],
    revoked: [],
    now,
  })
  expect(kidsOf(result)).toEqual(['a', 'b'])
})

describe('a revoked key', () => {
  it('is not published, whether the cluster still has it or not, and is no longer recorded as published', () => {
    const known = { recorded: [recorded('a'), recorded('b')], revoked: [recorded('a')], now }
    for (const live of [[key('a'), key('b')], [key('b')]]) {
      const result = keysToPublish(live, [key('a'), key('b')], known)
      expect(kidsOf(result)).toEqual(['b'])
      expect(result.recorded).toEqual([recorded('b')])
    }
  })

  it('is not published under another ID, and another key may have its ID', () => {
    const known = { recorded: [], revoked: [recorded('a')], now }
    const result = keysToPublish([key('renamed', 'print-a'), key('a', 'print-new')], [], known)
    expect(result.recorded).toEqual([{ kid: 'a', thumbprint: 'print-new' }])
  })

  it('is not published when the cluster has no other', () => {
    const known = { recorded: [recorded('a')], revoked: [recorded('a')], now }
    expect(keysToPublish([key('a')], [key('a')], known)).toEqual({ keys: [], recorded: [] })
  })

  // An event is an answer of the API server with some keys after some hours, or the revocation of a key.
  const prints = ['p1', 'p2', 'p3', 'p4']
  const answer = fc.record({
    live: fc.uniqueArray(fc.record({ kid: fc.constantFrom('a', 'b', 'c'), print: fc.constantFrom(...prints) }), {
      selector: ({ kid }) => kid,
    }),
    hours: fc.integer({ min: 0, max: 30 }),
  })
  const event = fc.oneof(answer, fc.record({ revoke: fc.constantFrom(...prints) }))

  it('is never published again, for any answers of the API server and any other revocations', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        let status: { publishedKeys: RecordedKey[]; revokedKeys: RevokedKey[] } = { publishedKeys: [], revokedKeys: [] }
        let published: ReturnType<typeof key>[] = []
        let at = now
        for (const one of events) {
          if ('revoke' in one) {
            const revoked = { kid: 'any', thumbprint: one.revoke, revokedAt: at.toISOString(), revokedBy: 'somebody' }
            status = afterRevocation(revoked, status)
            published = published.filter(({ thumbprint }) => thumbprint !== one.revoke)
            continue
          }
          at = new Date(at.getTime() + one.hours * 3_600_000)
          const live = one.live.map(({ kid, print }) => key(kid, print))
          const known = { recorded: status.publishedKeys, revoked: status.revokedKeys, now: at }
          const result = keysToPublish(live, published, known)
          status = { ...status, publishedKeys: [...result.recorded] }
          const candidates = [...live, ...published]
          published = result.recorded.flatMap(
            (each) => candidates.find(({ thumbprint }) => thumbprint === each.thumbprint) ?? [],
          )
          const revoked = status.revokedKeys.map(({ thumbprint }) => thumbprint)
          expect(result.recorded.filter(({ thumbprint }) => revoked.includes(thumbprint))).toEqual([])
          expect(kidsOf(result)).toHaveLength(result.recorded.length)
        }
        expect(new Set(status.revokedKeys.map(({ thumbprint }) => thumbprint)).size).toBe(status.revokedKeys.length)
      }),
    )
  })
})

it('describes a change of the published keys by the IDs of added and removed keys', () => {
  expect(changeOfKeys([recorded('a')], [recorded('a', now.toISOString())])).toBeUndefined()
  expect(changeOfKeys([recorded('a')], [recorded('b'), recorded('c')])).toBe(
    'published from now on: b, c; no longer published: a',
  )
  expect(changeOfKeys([recorded('a')], [{ kid: 'renamed', thumbprint: 'print-a' }])).toBeUndefined()
})

it('lists published keys, missing keys with the end of their publication, and revoked keys by their IDs', () => {
  expect(keyStatesOf([recorded('b'), recorded('a', '2026-11-27T11:00:00.000Z')], [recorded('old')])).toEqual({
    published: ['b', 'a'],
    kept: [{ kid: 'a', until: '2026-11-28T11:00:00.000Z' }],
    revoked: ['old'],
  })
})

it('the thumbprint of a key does not depend on its ID, its use and its algorithm', async () => {
  const bare = { kty: 'RSA', kid: 'a', n: 'AQAB', e: 'AQAB' } as const
  const [one, other] = await identified([bare, { ...bare, kid: 'b', use: 'sig', alg: 'RS256' }])
  expect(one?.thumbprint).toBe(other?.thumbprint)
  expect(one?.thumbprint).toMatch(/^[\w-]{43}$/)
})
