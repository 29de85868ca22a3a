import { expect, test } from 'vitest'
import { failureIn } from '../../../lambdas/workflows/caught-state.ts'
import { recordedStep } from '../../support/steps/recorded-step.ts'

const failed = (item: string, object: string) =>
  recordedStep('CreateRole', {
    item,
    status: 'failed',
    error: { name: 'OwnershipConflict', object, reason: 'it is theirs', action: 'Choose another name' },
  })

test('what has failed for one workload is not taken for what has failed for another', () => {
  const steps = [failed('default/a', 'arn:a'), failed('default/b', 'arn:b')]
  for (const [item, object] of [
    ['default/a', 'arn:a'],
    ['default/b', 'arn:b'],
  ] as const) {
    const caught = { state: 'CreateRole', item, error: 'OwnershipConflict' }
    expect(failureIn(caught, 'prod-eu', steps)).toMatchObject({ object, step: 'CreateRole', item })
  }
})

test('a state that has recorded nothing is named with its item, and one without an item without', () => {
  const caught = { state: 'CreateRole', error: 'Lambda.Unknown', cause: 'it was killed' }
  const item = 'default/a'
  expect(failureIn({ ...caught, item }, 'prod-eu', [])).toMatchObject({ step: 'CreateRole', item })
  expect(failureIn(caught, 'prod-eu', [])).toMatchObject({ step: 'CreateRole' })
  expect(failureIn(caught, 'prod-eu', [])).not.toHaveProperty('item')
})
