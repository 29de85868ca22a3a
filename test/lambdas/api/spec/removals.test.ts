import { describe, expect, test } from 'vitest'
import type { SpecChange } from '../../../../lambdas/api/access/checks.ts'
import { requireAuthorized } from '../../../../lambdas/api/spec/removals.ts'

const one = { namespace: 'a', serviceAccount: 'a', role: { name: 'r', policyArns: [], maxSessionSeconds: 3600 } }
const other = { ...one, serviceAccount: 'b' }
const authorized: SpecChange = { changed: [one], removed: [other], ofCluster: false, adopts: false }

describe('a record that has changed since the caller was authorized', () => {
  test.each([
    ['nothing changes', { changed: [], removed: [] }],
    ['the same changes', {}],
  ] as const)('accepts a spec when %s', (_, now) => {
    expect(() => requireAuthorized({ ...authorized, ...now }, authorized)).not.toThrow()
  })

  test.each([
    ['another workload changes', { changed: [one, other] }],
    ['another workload leaves', { removed: [one] }],
    ['the cluster changes', { ofCluster: true }],
    ['something is adopted', { adopts: true }],
  ] as const)('refuses a spec when %s', (_, now) => {
    expect(() => requireAuthorized({ ...authorized, ...now }, authorized)).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ status: 412 }) }),
    )
  })
})
