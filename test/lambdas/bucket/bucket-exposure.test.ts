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
  test('is true for a foreign or an adopted bucket while the public may not read it', () => {
    expect([theirs, adopted].map((observed) => wouldExpose(observed, closed))).toEqual([true, true])
    expect([theirs, adopted].map((observed) => wouldExpose(observed, open))).toEqual([false, false])
  })

  test('is false for a bucket that we have created', () => {
    expect(wouldExpose({ labels: labelsFor({ deployment, clusterName: 'other' }) }, closed)).toBe(false)
  })

  test('ignores a grant with a condition, which may become false', () => {
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

  test('accepts an empty bucket, and documents of issuers in any folder', () => {
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

  test('names the bucket and five of its objects', () => {
    const names = Array.from({ length: maxObjects }, (_, index) => `invoice-${index}`)
    expect(() => requireDocumentsOnly('b', names)).toThrow(
      /^gs:\/\/b: .* documents: invoice-0, invoice-1, invoice-2, invoice-3, invoice-4\. /,
    )
  })

  test('refuses a bucket with so many documents that the list may lack another object', () => {
    expect(() => requireDocumentsOnly('b', documents(maxObjects - 1))).not.toThrow()
    expect(() => requireDocumentsOnly('b', documents(maxObjects))).toThrow(OwnershipConflict)
  })
})
