import { describe, expect, test } from 'vitest'
import { addedKeys, keysAfter } from '../../../lambdas/agent/agent-keys.ts'
import { mostKeys } from '../../../lambdas/agent/messages.ts'
import type { SigningKey } from '../../../lambdas/agent/token.ts'

const start = Date.parse('2026-12-01T12:00:00Z')
const minutes = (count: number) => new Date(start + count * 60_000)
const key = (thumbprint: string): SigningKey => ({
  thumbprint,
  key: { kty: 'EC', kid: thumbprint, crv: 'P-256', x: 'x', y: 'y' },
})
const [first, second, thief] = ['first', 'second', 'thief'].map(key)
const names = (keys: readonly SigningKey[]) => keys.map(({ thumbprint }) => thumbprint)

interface Call {
  /** Minutes after the start. */
  readonly at: number
  readonly signedBy: SigningKey | undefined
  readonly issuedAt: number
  readonly announces: readonly (SigningKey | undefined)[]
}

/** The names of the keys after these calls of an agent that was enrolled with the key `first` at minute 0. */
function after(...calls: readonly Call[]): string[] {
  const present = (one: SigningKey | undefined) => one ?? key('missing')
  const known = calls.reduce(
    (keys, { at, signedBy, issuedAt, announces }) =>
      keysAfter(
        keys,
        announces.map(present),
        { accountUid: 'a', signedBy: present(signedBy), issuedAt: minutes(issuedAt) },
        minutes(at),
      ),
    addedKeys([present(first)], minutes(0)) as readonly ReturnType<typeof addedKeys>[number][],
  )
  return names(known)
}

describe('an agent', () => {
  test('adds a key with a token of a known key, and not without the key of its token', () => {
    expect(after({ at: 10, signedBy: first, issuedAt: 0, announces: [first, second] })).toEqual(['first', 'second'])
    expect(after({ at: 10, signedBy: first, issuedAt: 0, announces: [second] })).toEqual(['first'])
  })

  test('keeps the key before a change of the signing key', () => {
    const changed = { at: 10, signedBy: first, issuedAt: 0, announces: [first, second] }
    expect(after(changed, { at: 11, signedBy: second, issuedAt: 11, announces: [second] })).toEqual(['first', 'second'])
  })

  test('has 50 keys at most', () => {
    const many = Array.from({ length: mostKeys }, (_, index) => key(`key-${index}`))
    expect(after({ at: 10, signedBy: first, issuedAt: 0, announces: [first, ...many] })).toEqual(['first'])
    expect(after({ at: 10, signedBy: first, issuedAt: 0, announces: [first, ...many.slice(1)] })).toHaveLength(mostKeys)
  })
})

describe('a thief of a token', () => {
  const announced: Call = { at: 10, signedBy: first, issuedAt: 0, announces: [first, thief] }

  test('cannot remove a key of the cluster with a token that he has signed himself', () => {
    const takeover: Call = { at: 11, signedBy: thief, issuedAt: 11, announces: [thief] }
    expect(after(announced, takeover)).toEqual(['first', 'thief'])
  })

  test('loses his key to the first call of the agent with a token that was issued later', () => {
    const before: Call = { at: 12, signedBy: first, issuedAt: 0, announces: [first] }
    expect(after(announced, before)).toEqual(['first', 'thief'])
    expect(after(announced, { ...before, at: 49, issuedAt: 48 })).toEqual(['first'])
  })

  test('cannot remove a new key with a token from before its addition', () => {
    const changed: Call = { at: 10, signedBy: first, issuedAt: 0, announces: [first, second] }
    expect(after(changed, { ...announced, at: 20 })).toEqual(['first', 'second', 'thief'])
  })

  test('cannot remove a key that was published for two hours before its first use', () => {
    const published: Call = { at: 10, signedBy: first, issuedAt: 0, announces: [first, second] }
    const stolen: Call = { at: 131, signedBy: first, issuedAt: 100, announces: [first, thief] }
    expect(after(published, stolen)).toEqual(['first', 'second', 'thief'])
    expect(after(published, { ...stolen, at: 129 })).toEqual(['first', 'thief'])
  })
})
