import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePolicy, type PolicyDocument, samePolicy } from '../../../../lambdas/clouds/aws/policy-document.ts'

const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }).map(plain), { maxKeys: 5 })

describe('policy documents', () => {
  it('are the same whatever the order of their keys and lists', () => {
    fc.assert(
      fc.property(json, (document) => {
        expect(samePolicy(document, reversed(document))).toBe(true)
      }),
    )
  })

  it('are the same with a list of one and with its element', () => {
    const one = { Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: '*' }] }
    const other = { Statement: { Resource: ['*'], Effect: 'Allow', Action: 's3:GetObject' } }
    expect(samePolicy(one, other)).toBe(true)
  })

  it.each<[string, PolicyDocument]>([
    ['another effect', { Statement: [{ Effect: 'Deny', Action: 's3:GetObject', Resource: '*' }] }],
    ['one more action', { Statement: [{ Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: '*' }] }],
    ['a condition', { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', Condition: {} }] }],
    ['no statement', { Statement: [] }],
  ])('differ by %s', (_, other) => {
    expect(samePolicy({ Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] }, other)).toBe(false)
  })

  it('come back from IAM URL-encoded', () => {
    fc.assert(
      fc.property(json, (document) => {
        expect(decodePolicy(encodeURIComponent(JSON.stringify(document)))).toEqual(document)
      }),
    )
  })

  it.each(['', '%', '[]', '"a"', 'null', '{'])('are none in %j', (text) => {
    expect(decodePolicy(text)).toBeUndefined()
  })
})

/** What JSON gives back: no -0, and nothing that JSON.stringify would change. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

function reversed(value: unknown): PolicyDocument {
  return JSON.parse(JSON.stringify(value), (_, inner) => {
    if (Array.isArray(inner)) return inner.toReversed()
    if (typeof inner !== 'object' || inner === null) return inner
    return Object.fromEntries(Object.entries(inner).toReversed())
  })
}
