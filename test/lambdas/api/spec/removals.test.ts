import { describe, expect, test } from 'vitest'
import type { SpecChange } from '../../../../lambdas/api/access/checks.ts'
import { requireAuthorized, requireGeneration, requireRemovalsAllowed } from '../../../../lambdas/api/spec/removals.ts'
import { clusterRecord } from '../../../support/api/cluster-record.ts'

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

describe('the generation that a request names', () => {
  const recorded = { cluster: clusterRecord({ generation: 3 }), workloads: [] }

  test.each([
    ['none', undefined, recorded],
    ['that of the spec', 3, recorded],
    ['0 for a new spec', 0, undefined],
  ])('may be %s', (_, generation, of) => {
    expect(() => requireGeneration(generation, of)).not.toThrow()
  })

  test.each([
    [2, recorded, 'If-Match names the generation 2, but the spec has the generation 3. Read the cluster'],
    [0, recorded, 'If-Match names the generation 0, but the spec has the generation 3. Read the cluster'],
    [1, undefined, 'If-Match names the generation 1, but there is no spec of this cluster. Read the cluster'],
  ])('is refused when it is %d and the spec has another, which the error names', (generation, of, detail) => {
    expect(() => requireGeneration(generation, of)).toThrow(problemWith(412, detail))
  })
})

describe('workloads that leave the spec', () => {
  const some = 'This spec omits the workload a/b, so a setup would remove it. '
  const several = 'This spec omits the 2 workloads a/a, a/b, so a setup would remove them. '

  test.each([
    ['none leaves', [], { removals: 'refuse', generation: undefined }],
    ['the request allows it and names the generation', [one, other], { removals: 'allow', generation: 3 }],
  ] as const)('are accepted when %s', (_, leaving, sent) => {
    expect(() => requireRemovalsAllowed(leaving, sent)).not.toThrow()
  })

  test.each([
    [409, { removals: 'refuse', generation: 3 }, `${some}Add it to the spec, or send removals=allow`, [other]],
    [409, { removals: 'refuse', generation: 3 }, `${several}Add them to the spec`, [one, other]],
    [428, { removals: 'allow', generation: undefined }, `${some}Send an If-Match header`, [other]],
  ] as const)('are refused with %d when the request sends %j: %s', (status, sent, detail, leaving) => {
    expect(() => requireRemovalsAllowed(leaving, sent)).toThrow(problemWith(status, detail))
  })
})

function problemWith(status: number, detail: string): unknown {
  return expect.objectContaining({
    problem: expect.objectContaining({ status, detail: expect.stringContaining(detail) }),
  })
}
