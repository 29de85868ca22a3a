import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { doubtOf, taskOfDoubt } from '../../../lambdas/discovery/vouching.ts'

const cluster = { name: 'edge-1', credentialsSecretArn: 'arn:secret' }
const key = (name: string) => ({ kid: name, thumbprint: `print-${name}` })

describe('what an API server shows of its keys', () => {
  it('is published when a key that is published or accepted, and not revoked, has signed its token', () => {
    expect(doubtOf(cluster, { key: key('a'), trusted: [key('b'), key('a')], revoked: [key('c')] })).toBeUndefined()
  })

  it('is known by the key and not by its ID, which anybody can give to a key', () => {
    const other = { kid: 'a', thumbprint: 'print-other' }
    expect(doubtOf(cluster, { key: other, trusted: [key('a')], revoked: [] })).toMatchObject({ keys: [other] })
  })

  it('is not published when another key has signed it: it is said what to do, and that key can be accepted', () => {
    expect(doubtOf(cluster, { key: key('a+b'), trusted: [key('a')], revoked: [] })).toEqual({
      reason:
        'cluster edge-1 signs with key a+b, and no published key vouches for it, so nothing new is published: let its API servers sign with a published key; or let an administrator accept it: POST /v1/clusters/edge-1/signing-keys/a%2Bb/accept with {"thumbprint": "print-a+b"}; or put the credentials of cluster edge-1 into secret arn:secret, if they lead elsewhere',
      keys: [key('a+b')],
    })
  })

  it('is not published when a revoked key or none has signed it, and there is no key to accept', () => {
    expect(doubtOf(cluster, { key: key('a'), trusted: [key('a'), key('b')], revoked: [key('a')] })).toMatchObject({
      reason: expect.stringContaining('edge-1 signs with key a, which is revoked'),
      keys: [],
    })
    expect(doubtOf(cluster, { key: undefined, trusted: [key('a')], revoked: [] })).toMatchObject({
      reason: expect.stringContaining('no key that the API server of cluster edge-1 shows has signed its token'),
      keys: [],
    })
  })

  it('is published by no key that is revoked or not trusted, whatever the record has', () => {
    const print = fc.constantFrom('a', 'b', 'c', 'd').map(key)
    const prints = fc.array(print)
    fc.assert(
      fc.property(print, prints, prints, (signing, trusted, revoked) => {
        const isAmong = (keys: readonly { kid: string }[]) => keys.some(({ kid }) => kid === signing.kid)
        const doubt = doubtOf(cluster, { key: signing, trusted, revoked })
        expect(doubt === undefined).toBe(isAmong(trusted) && !isAmong(revoked))
      }),
    )
  })
})

describe('what an administrator does about a key', () => {
  it('is to accept it by a command that a shell takes as it is, whatever the ID', () => {
    const keys = [{ kid: `-a'; \`id\` "$(id)" !x`, thumbprint: 'print' }]
    const [accept, connect] = taskOfDoubt('edge-1', { reason: '', keys })?.commands ?? []
    expect(accept?.command).toBe(String.raw`wid accept-key edge-1 -- '-a'\''; ${'`id`'} "$(id)" !x'`)
    expect(connect?.command).toBe('wid connect edge-1')
  })

  it('is nothing where there is no key to accept', () => {
    expect(taskOfDoubt('edge-1', { reason: '', keys: [] })).toBeUndefined()
  })
})
