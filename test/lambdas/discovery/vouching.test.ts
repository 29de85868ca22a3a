import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { doubtOf, taskOfDoubt } from '../../../lambdas/discovery/vouching.ts'

const cluster = { name: 'edge-1', credentialsSecretArn: 'arn:secret' }
const key = (name: string) => ({ kid: name, thumbprint: `print-${name}` })

describe('the keys of an API server', () => {
  it('are published when a trusted key that is not revoked has signed its token', () => {
    expect(doubtOf(cluster, { key: key('a'), trusted: [key('b'), key('a')], revoked: [key('c')] })).toBeUndefined()
  })

  it('are compared by thumbprint and not by ID, which anybody can choose', () => {
    const other = { kid: 'a', thumbprint: 'print-other' }
    expect(doubtOf(cluster, { key: other, trusted: [key('a')], revoked: [] })).toMatchObject({ keys: [other] })
  })

  it('are not published when another key has signed its token: the reason has the remedies, and that key can be accepted', () => {
    expect(doubtOf(cluster, { key: key('a+b'), trusted: [key('a')], revoked: [] })).toEqual({
      reason:
        'cluster edge-1 signs with key a+b, and no published key vouches for it, so nothing new is published: let its API servers sign with a published key; or let an administrator accept it: POST /v1/clusters/edge-1/signing-keys/a%2Bb/accept with {"thumbprint": "print-a+b"}; or put the credentials of cluster edge-1 into secret arn:secret, if the connection leads to another cluster',
      keys: [key('a+b')],
    })
  })

  it('are not published when a revoked or an unknown key has signed its token, and no key can be accepted', () => {
    expect(doubtOf(cluster, { key: key('a'), trusted: [key('a'), key('b')], revoked: [key('a')] })).toMatchObject({
      reason: expect.stringContaining('edge-1 signs with key a, which is revoked'),
      keys: [],
    })
    expect(doubtOf(cluster, { key: undefined, trusted: [key('a')], revoked: [] })).toMatchObject({
      reason: expect.stringContaining(
        'the token of cluster edge-1 is signed by none of the keys that its API server publishes',
      ),
      keys: [],
    })
  })

  it('are published exactly when the signing key is trusted and not revoked', () => {
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

describe('the task of an administrator', () => {
  it('accepts a key with a command that a shell reads correctly, whatever the ID', () => {
    const keys = [{ kid: `-a'; \`id\` "$(id)" !x`, thumbprint: 'print' }]
    const [accept, connect] = taskOfDoubt(cluster, { reason: '', keys })?.commands ?? []
    expect(accept?.command).toBe(String.raw`wid accept-key edge-1 -- '-a'\''; ${'`id`'} "$(id)" !x'`)
    expect(connect?.command).toBe('wid connect edge-1')
  })

  it('links to the page on accepting a key', () => {
    const keys = [{ kid: 'a', thumbprint: 'print' }]
    expect(taskOfDoubt(cluster, { reason: '', keys })?.link).toBe('docs/issuer.md#accept-a-key')
  })

  it('is undefined without a key to accept', () => {
    expect(taskOfDoubt(cluster, { reason: '', keys: [] })).toBeUndefined()
  })

  it('replaces an agent that runs in another cluster', () => {
    const keys = [{ kid: 'a', thumbprint: 'print' }]
    const [, install] = taskOfDoubt({ name: 'edge-1' }, { reason: '', keys })?.commands ?? []
    expect(install?.command).toMatch(/^wid enroll edge-1 --renew /)
  })
})
