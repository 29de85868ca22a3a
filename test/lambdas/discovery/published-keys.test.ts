import { expect, it } from 'vitest'
import { keysToPublish } from '../../../lambdas/discovery/published-keys.ts'

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

it('the first time the keys of the API server are published, and those that were there before are not', () => {
  const result = keysToPublish([key('b'), key('a')], [key('other')], { recorded: [], now })
  expect(kidsOf(result)).toEqual(['a', 'b'])
  expect(result.recorded).toEqual([recorded('b'), recorded('a')])
})

it('a new key is published beside the others', () => {
  const result = keysToPublish([key('a'), key('b')], [key('a')], { recorded: [recorded('a')], now })
  expect(kidsOf(result)).toEqual(['a', 'b'])
})

it('a key that one answer lacks stays, and it is recorded since when', () => {
  const result = keysToPublish([key('b')], [key('a'), key('b')], { recorded: [recorded('a'), recorded('b')], now })
  expect(kidsOf(result)).toEqual(['a', 'b'])
  expect(result.recorded).toEqual([recorded('b'), recorded('a', now.toISOString())])
})

it.each([
  [23.9, ['a', 'b']],
  [24, ['b']],
])('a key that is missing for %d hours leaves %j', (hours, kids) => {
  const known = [recorded('a', hoursAgo(hours)), recorded('b')]
  const result = keysToPublish([key('b')], [key('a'), key('b')], { recorded: known, now })
  expect(kidsOf(result)).toEqual(kids)
  expect(result.recorded.map(({ kid }) => kid)).toEqual(kids.toReversed())
})

it('a key that comes back is missing no longer', () => {
  const known = [recorded('a', hoursAgo(3))]
  expect(keysToPublish([key('a')], [key('a')], { recorded: known, now }).recorded).toEqual([recorded('a')])
})

it('a missing key goes when its document is lost, and when another key has its ID', () => {
  const known = [recorded('a'), recorded('b')]
  expect(kidsOf(keysToPublish([key('b')], [], { recorded: known, now }))).toEqual(['b'])
  const replaced = keysToPublish([key('a', 'print-new')], [key('a')], { recorded: [recorded('a')], now })
  expect(replaced.keys).toHaveLength(1)
  expect(replaced.recorded).toEqual([{ kid: 'a', thumbprint: 'print-new' }])
})

it('a key that has got another ID is published under that one alone', () => {
  const renamed = [key('new', 'print-a'), key('b')]
  const result = keysToPublish(renamed, [key('a'), key('b')], { recorded: [recorded('a'), recorded('b')], now })
  expect(kidsOf(result)).toEqual(['b', 'new'])
  expect(result.recorded.map(({ kid }) => kid)).toEqual(['new', 'b'])
})

it('of two keys with one ID the one that the API server has is published, beside its other keys', () => {
  const live = [key('a', 'print-new'), key('b')]
  const result = keysToPublish(live, [key('a'), key('b')], { recorded: [recorded('a'), recorded('b')], now })
  expect(kidsOf(result)).toEqual(['a', 'b'])
})
