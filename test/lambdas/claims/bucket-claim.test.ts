import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BucketClaim,
  hasGranted,
  holdsOn,
  isElsewhere,
  isOnlyOn,
  isUserOn,
  noClaim,
  otherUsers,
  termsOf,
  userFor,
  usersOnOtherTerms,
  withoutUser,
  withUserKept,
} from '../../../lambdas/claims/bucket-claim.ts'

const project = 'p'
const one = { project, account: 'one@p.iam.gserviceaccount.com', role: 'roles/storage.objectAdmin' }
const two = { project, account: 'two@p.iam.gserviceaccount.com', role: 'roles/storage.objectAdmin' }
const stronger = { ...one, role: 'roles/storage.admin' }

function claimOf(users: BucketClaim['users'], grants: BucketClaim['grants'] = []): BucketClaim {
  return { revision: 'r', terms: termsOf(users), users, grants }
}

const held = (terms: typeof one) => ({ held: terms })
const elsewhere = { ...one, project: 'q' }

describe('another cluster that uses the bucket', () => {
  it.each([
    ['another account', two],
    ['another role', stronger],
    ['another project', elsewhere],
  ])('blocks a cluster with %s, and none with equal terms', (_, terms) => {
    const claim = claimOf({ a: held(one), b: held(one) })
    expect(usersOnOtherTerms(claim, 'c', terms)).toEqual(['a', 'b'])
    expect(usersOnOtherTerms(claim, 'c', one)).toEqual([])
  })

  it('is never the cluster itself', () => {
    expect(usersOnOtherTerms(claimOf({ a: held(one) }), 'a', two)).toEqual([])
    expect(otherUsers(claimOf({ a: held(one), b: held(two) }), 'a')).toEqual(['b'])
  })
})

it('a cluster uses a bucket only with its own account and role', () => {
  const claim = claimOf({ a: held(one) })
  expect(isUserOn(claim, 'a', one)).toBe(true)
  expect([isUserOn(claim, 'a', two), isUserOn(claim, 'a', stronger), isUserOn(claim, 'b', one)]).not.toContain(true)
  expect(isUserOn(noClaim, 'a', one)).toBe(false)
})

it('a cluster holds a bucket on its terms, also while it requests others', () => {
  const claim = claimOf({ a: held(one) })
  expect(userFor(claim, 'a', { ...one, operationId: 'p' })).toEqual({ held: one })
  const changing = userFor(claim, 'a', { ...two, operationId: 'p' })
  expect(changing).toEqual({ held: one, requested: { ...two, operationId: 'p' } })
  expect(userFor(claim, 'b', { ...one, operationId: 'p' })).toEqual({ requested: { ...one, operationId: 'p' } })
  const changed = claimOf({ a: changing })
  expect([one, two, stronger].map((terms) => isUserOn(changed, 'a', terms))).toEqual([true, true, false])
  expect([one, two].map((terms) => holdsOn(changed, 'a', terms))).toEqual([true, false])
  expect([one, two].map((terms) => usersOnOtherTerms(changed, 'b', terms))).toEqual([['a'], ['a']])
})

it('a bucket that is not empty keeps its last user, without the grant', () => {
  const kept = withUserKept(claimOf({ a: held(one) }, [one, two]), 'a')
  expect(kept).toMatchObject({ users: { a: held(one) }, grants: [two] })
})

it('a bucket is elsewhere when another cluster holds it in another project', () => {
  const claim = claimOf({ a: held(elsewhere) })
  expect([isElsewhere(claim, 'b', one), isElsewhere(claim, 'b', elsewhere), isElsewhere(claim, 'a', one)]).toEqual([
    true,
    false,
    false,
  ])
})

it.each([
  [[one, one], true],
  [[one, two], false],
  [[two], false],
  [[], false],
])('a bucket with users on %j has only users on the first terms: %s', (terms, isOnly) => {
  const users = Object.fromEntries(terms.map((each, index) => [`c-${index}`, held(each)]))
  expect(isOnlyOn(claimOf(users), one)).toBe(isOnly)
})

describe('a grant', () => {
  const grants = [one, two]

  it('is removed with the last user on its terms', () => {
    const shared = claimOf({ a: held(one), b: held(one), c: held(two) }, grants)
    const first = withoutUser(shared, 'a')
    expect(first.grant).toBeUndefined()
    const second = withoutUser(first.claim, 'b')
    expect(second).toMatchObject({ grant: one, claim: { grants: [two], users: { c: held(two) } } })
    expect([shared, second.claim].map((claim) => hasGranted(claim, one))).toEqual([true, false])
  })

  it('stays when it is not ours', () => {
    expect(withoutUser(claimOf({ a: held(one) }, [two]), 'a').grant).toBeUndefined()
  })

  it('stays when the removed cluster does not use the bucket', () => {
    expect(withoutUser(claimOf({ a: held(one) }, grants), 'b')).toMatchObject({ grant: undefined, claim: { grants } })
  })
})

it('each grant of ours is removed exactly once, with its last user, in any order of removals', () => {
  const terms = fc.constantFrom(one, two, stronger)
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...'abcdef'), terms, { noNullPrototype: true }), (users) => {
      const granted = [...new Set(Object.values(users))]
      const all = Object.fromEntries(Object.entries(users).map(([name, each]) => [name, held(each)]))
      let claim = claimOf(all, granted)
      const removed = Object.keys(users).flatMap((name) => {
        const departure = withoutUser(claim, name)
        claim = departure.claim
        return departure.grant ?? []
      })
      expect(removed).toHaveLength(granted.length)
      expect(new Set(removed)).toEqual(new Set(granted))
      expect(claim).toMatchObject({ users: {}, grants: [] })
    }),
  )
})

it('the terms of a bucket are the set of the accounts and roles of its users', () => {
  expect(termsOf({ a: held(one), b: held(two) })).toBe(termsOf({ c: held(two), d: held(one), e: held(one) }))
  expect(termsOf({ a: held(one) })).not.toBe(termsOf({ a: held(stronger) }))
  expect(termsOf({})).toBe(noClaim.terms)
  // The end of one term and the start of the next do not run together.
  const [first, second] = [
    { ...one, role: 'r' },
    { ...one, role: 'xs' },
  ]
  const shifted = { a: held({ ...first, project: 'px' }), b: held({ ...second, role: 's' }) }
  expect(termsOf({ a: held(first), b: held(second) })).not.toBe(termsOf(shifted))
})
