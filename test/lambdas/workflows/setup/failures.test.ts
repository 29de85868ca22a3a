import { expect, test } from 'vitest'
import { errorOfFailures } from '../../../../lambdas/workflows/setup/failures.ts'

const failure = (item: string) => ({
  name: 'OwnershipConflict',
  object: `arn:${item}`,
  reason: 'it exists and was not made by workload-identity',
  action: 'Set adopt: true',
  step: 'CreateRole',
  item,
})

test('a setup without failures has no error, and one with a single failure has that error', () => {
  expect(errorOfFailures([])).toBeUndefined()
  expect(errorOfFailures([failure('a/b')])).toEqual(failure('a/b'))
})

test('a setup with several failures has the first one, whose reason names the others', () => {
  const { step: _, ...ofWorkflow } = failure('c/d')
  expect(errorOfFailures([failure('a/b'), failure('e/f'), ofWorkflow])).toEqual({
    ...failure('a/b'),
    reason:
      'it exists and was not made by workload-identity; other failures: CreateRole of e/f (OwnershipConflict on arn:e/f), the workflow of c/d (OwnershipConflict on arn:c/d) (see the steps)',
  })
})

test('a failure of the workflow itself names no item', () => {
  const { item: _, ...ofState } = failure('c/d')
  expect(errorOfFailures([failure('a/b'), ofState])?.reason).toMatch(/; other failures: CreateRole \(Own/)
})

test('a setup with eleven failures names them all', () => {
  const eleven = Array.from({ length: 11 }, (_, index) => failure(`n/${index}`))
  expect(errorOfFailures(eleven)?.reason).toMatch(/CreateRole of n\/10 \([^)]*\) \(see the steps\)$/)
})

test('a setup with a hundred failures names ten more and counts the rest', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => failure(`n/${index}`))
  expect(errorOfFailures(hundred)?.reason).toMatch(/CreateRole of n\/10 \([^)]*\) and 89 more \(see the steps\)$/)
})
