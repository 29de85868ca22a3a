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

test('each missing object and each changed field is repaired, and has a short hash', () => {
  const found = repairableIn({ ...nothing, missing, changed })
  expect(new Set(found).size).toBe(3)
  for (const each of found) expect(each).toMatch(/^[0-9a-f]{16}$/)
})

test('the same field is the same difference, whatever its observed value', () => {
  const other = changed.map((each) => ({ ...each, observed: 'c' }))
  expect(repairableIn({ ...nothing, changed: other })).toEqual(repairableIn({ ...nothing, changed }))
})

test('additions of others are not repaired, and do not block the repair of the rest', () => {
  const additions = [{ object: 'arn:role', field: 'policyArns', observed: 'p', severity: 'security' as const }]
  expect(repairableIn({ ...nothing, additions })).toEqual([])
  expect(repairableIn({ ...nothing, additions, missing })).toHaveLength(1)
})

test.each([
  ['an object cannot be read', { unreachable: [failed] }],
  ['a setup would be refused', { problems: [{ ...failed, notCompared: [] }] }],
  ['a setup would delete a leftover object', { additions: [{ object: 'Secret a/b', severity: 'cosmetic' as const }] }],
  [
    'the cluster has another issuer than before',
    { changed: [{ object: 'cluster c', field: 'issuerUrl', severity: 'function' as const }] },
  ],
  [
    'more than 500 objects are missing',
    { missing: Array.from({ length: 501 }, (_, index) => ({ object: `arn:${index}`, severity: 'function' as const })) },
  ],
])('nothing is repaired when %s', (_, found) => {
  expect(repairableIn({ ...nothing, missing, ...found })).toEqual([])
})
