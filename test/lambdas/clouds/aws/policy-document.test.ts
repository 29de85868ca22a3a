import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  allowsNoMore,
  decodePolicy,
  type PolicyDocument,
  samePolicy,
} from '../../../../lambdas/clouds/aws/policy-document.ts'

const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }).map(plain), { maxKeys: 5 })

describe('policy documents', () => {
  it('are the same whatever the order of their keys and lists', () => {
    fc.assert(
      fc.property(json, (document) => {
        expect(samePolicy(document, reversed(document))).toBe(true)
      }),
    )
  })

  it('are the same with a list of one element and with the element', () => {
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

  it.each(['', '%', '[]', '"a"', 'null', '{'])('are not decoded from %j', (text) => {
    expect(decodePolicy(text)).toBeUndefined()
  })
})

/** Statements with so few names that all requests can be tried. */
const names = fc.subarray(['a', 'b', 'c'], { minLength: 1 })
const statement = fc.record(
  {
    Effect: fc.constantFrom('Allow', 'Deny'),
    Sid: fc.string(),
    Principal: fc.constantFrom('p', 'q'),
    Action: names,
    NotResource: names,
    Resource: names,
    Condition: fc.record({ StringEquals: fc.record({ k: fc.constantFrom('v', 'w') }) }),
  },
  { requiredKeys: ['Effect', 'Principal', 'Action'] },
)
const policy = fc.array(statement, { maxLength: 3 }).map((Statement) => ({ Version: '2012-10-17', Statement }))

type Policy = typeof policy extends fc.Arbitrary<infer Made> ? Made : never
type Statement = Policy['Statement'][number]

const requests = ['p', 'q'].flatMap((Principal) =>
  ['a', 'b', 'c', 'd'].flatMap((action) =>
    ['a', 'b', 'c', 'd'].flatMap((resource) => ['v', 'w', 'x'].map((k) => ({ Principal, action, resource, k }))),
  ),
)

/** The decision of AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
function allows({ Statement }: Policy, request: (typeof requests)[number]): boolean {
  const applying = Statement.filter((each) => applies(each, request)).map(({ Effect }) => Effect)
  return applying.includes('Allow') && !applying.includes('Deny')
}

function applies(each: Statement, { Principal, action, resource, k }: (typeof requests)[number]): boolean {
  const { Action, Resource, NotResource, Condition } = each
  return (
    each.Principal === Principal &&
    Action.includes(action) &&
    (Resource?.includes(resource) ?? true) &&
    !(NotResource?.includes(resource) ?? false) &&
    (Condition === undefined || Condition.StringEquals.k === k)
  )
}

describe('a document that provably allows no more than another', () => {
  it('allows no request that the other does not allow', () => {
    let certain = 0
    fc.assert(
      fc.property(policy, policy, fc.boolean(), (one, other, isPart) => {
        const combined = isPart
          ? { ...other, Statement: [...other.Statement, ...one.Statement.filter(isAllow)] }
          : other
        if (!allowsNoMore(one, combined)) return
        certain += 1
        const more = requests.filter((request) => allows(one, request) && !allows(combined, request))
        expect(more).toEqual([])
      }),
      { numRuns: 2000 },
    )
    expect(certain).toBeGreaterThan(100)
  })

  it('is the other document, also in another order, and without some of its Allow statements', () => {
    fc.assert(
      fc.property(policy, (document) => {
        expect(allowsNoMore(reversed(document), document)).toBe(true)
        const denials = document.Statement.filter((each) => !isAllow(each))
        expect(allowsNoMore({ ...document, Statement: denials }, document)).toBe(true)
      }),
    )
  })

  it.each<[string, PolicyDocument, PolicyDocument]>([
    ['a pattern', { Action: 's3:*' }, { Action: 's3:GetObject' }],
    ['all but less', { NotAction: ['a'] }, { NotAction: ['a', 'b'] }],
    ['no condition', {}, { Condition: { Bool: { x: 'true' } } }],
    ['another test of the condition', { Condition: { Null: { x: 'true' } } }, { Condition: { Bool: { x: 'true' } } }],
    ['an unknown effect', { Effect: 'allow' }, {}],
  ])('is not proven with %s', (_, one, other) => {
    const all = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }
    const documentOf = (edits: PolicyDocument) => ({ Version: '2012-10-17', Statement: { ...all, ...edits } })
    expect(allowsNoMore(documentOf(one), documentOf(other))).toBe(false)
  })

  it('is not proven with another version, in which variables have no meaning, or without a list of statements', () => {
    const document = { Version: '2012-10-17', Statement: [] }
    expect(allowsNoMore({ ...document, Version: '2008-10-17' }, document)).toBe(false)
    expect(allowsNoMore({ ...document, Statement: 'x' }, document)).toBe(false)
  })
})

function isAllow({ Effect }: { readonly Effect: string }): boolean {
  return Effect === 'Allow'
}

/** The value after JSON, without -0 and other values that JSON.stringify changes. */
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
