import { expect, test } from 'vitest'
import type { DriftResult } from '../../../../lambdas/workflows/comparison/drift.ts'
import { repairableIn } from '../../../../lambdas/workflows/comparison/repairable.ts'

const nothing: DriftResult = {
  missing: [],
  changed: [],
  additions: [],
  unreachable: [],
  problems: [],
  summary: { differences: 0, missing: 0, changed: 0, additions: 0, unreachable: 0, problems: 0 },
}
const missing = [{ object: 'arn:role', severity: 'function' as const }]
const changed = ['trustPolicy', 'description'].map((field) => ({
  object: 'arn:role',
  field,
  desired: 'a',
  observed: 'b',
  severity: 'security' as const,
}))
const failed = { name: 'N', object: 'o', reason: 'r', action: 'a' }

test('what is missing and each field that is changed is repaired, by a short hash of its own', () => {
  const found = repairableIn({ ...nothing, missing, changed })
  expect(new Set(found).size).toBe(3)
  for (const each of found) expect(each).toMatch(/^[0-9a-f]{16}$/)
})

test('the same field is the same difference, whatever somebody sets it to', () => {
  const other = changed.map((each) => ({ ...each, observed: 'c' }))
  expect(repairableIn({ ...nothing, changed: other })).toEqual(repairableIn({ ...nothing, changed }))
})

test('what others have added is not repaired, and does not keep the rest from it', () => {
  const additions = [{ object: 'arn:role', field: 'policyArns', observed: 'p', severity: 'security' as const }]
  expect(repairableIn({ ...nothing, additions })).toEqual([])
  expect(repairableIn({ ...nothing, additions, missing })).toHaveLength(1)
})

test.each([
  ['something cannot be read', { unreachable: [failed] }],
  ['a setup would be refused', { problems: [{ ...failed, notCompared: [] }] }],
  [
    'a setup would delete an object that is left',
    { additions: [{ object: 'Secret a/b', severity: 'cosmetic' as const }] },
  ],
  [
    'the cluster has another issuer than before',
    { changed: [{ object: 'cluster c', field: 'issuerUrl', severity: 'function' as const }] },
  ],
  [
    'more differs at once than somebody changes',
    { missing: Array.from({ length: 501 }, (_, index) => ({ object: `arn:${index}`, severity: 'function' as const })) },
  ],
])('nothing is repaired where %s', (_, found) => {
  expect(repairableIn({ ...nothing, missing, ...found })).toEqual([])
})
