import { describe, expect, test } from 'vitest'
import { labelsFor } from '../../../lambdas/bucket/bucket.ts'
import { maxObjects, requireDocumentsOnly, wouldExpose } from '../../../lambdas/bucket/bucket-exposure.ts'
import { everybodyReads } from '../../../lambdas/bucket/bucket-policy.ts'
import { OwnershipConflict } from '../../../lambdas/errors/step-errors.ts'
import { deployment } from '../../support/steps/deployment.ts'

const closed = { etag: '1', bindings: [] }
const open = { etag: '1', bindings: [{ role: everybodyReads.role, members: [everybodyReads.member] }] }
const theirs = { labels: { team: 'billing' } }
const adopted = { labels: { ...labelsFor({ deployment, clusterName: 'prod' }), 'workload-identity-adopted': 'true' } }

describe('wouldExpose', () => {
  test('is true for a bucket that somebody else made, adopted already or not, while the public may not read it', () => {
    expect([theirs, adopted].map((observed) => wouldExpose(observed, closed))).toEqual([true, true])
    expect([theirs, adopted].map((observed) => wouldExpose(observed, open))).toEqual([false, false])
  })

  test('is false for a bucket that we made', () => {
    expect(wouldExpose({ labels: labelsFor({ deployment, clusterName: 'other' }) }, closed)).toBe(false)
  })

  test('takes a grant with a condition for none: it does not hold always', () => {
    const condition = { expression: 'resource.name.startsWith("projects/_/buckets/b/objects/public/")' }
    const bindings = open.bindings.map((binding) => ({ ...binding, condition }))
    expect(wouldExpose(theirs, { etag: '1', bindings })).toBe(true)
  })
})

describe('requireDocumentsOnly', () => {
  const documents = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      index % 2 ? `issuer-${index}/openid/v1/jwks` : `issuer-${index}/.well-known/openid-configuration`,
    )

  test('passes over an empty bucket, and over the documents of issuers wherever they are in it', () => {
    expect(() => requireDocumentsOnly('b', [])).not.toThrow()
    expect(() => requireDocumentsOnly('b', documents(4))).not.toThrow()
    expect(() => requireDocumentsOnly('b', ['.well-known/openid-configuration', 'openid/v1/jwks'])).not.toThrow()
  })

  test.each(['invoices.csv', 'openid/v1/jwks.bak', 'my.well-known/openid-configuration', 'jwks', 'folder/'])(
    'refuses a bucket with %s in it',
    (name) => {
      expect(() => requireDocumentsOnly('b', ['x/openid/v1/jwks', name])).toThrow(OwnershipConflict)
    },
  )

  test('names the bucket and some of what is in it, and not all', () => {
    const names = Array.from({ length: maxObjects }, (_, index) => `invoice-${index}`)
    expect(() => requireDocumentsOnly('b', names)).toThrow(
      /^gs:\/\/b: .* documents: invoice-0, invoice-1, invoice-2, invoice-3, invoice-4\. /,
    )
  })

  test('refuses a bucket with so many documents that they may hide something else', () => {
    expect(() => requireDocumentsOnly('b', documents(maxObjects - 1))).not.toThrow()
    expect(() => requireDocumentsOnly('b', documents(maxObjects))).toThrow(OwnershipConflict)
  })
})
