import { expect, test } from 'vitest'
import { failureIn } from '../../../lambdas/workflows/caught-state.ts'
import { recordedStep } from '../../support/steps/recorded-step.ts'

const failed = (item: string, object: string) =>
  recordedStep('CreateRole', {
    item,
    status: 'failed',
    error: { name: 'OwnershipConflict', object, reason: 'it is theirs', action: 'Choose another name' },
  })

test('the failure of one workload is not confused with that of another', () => {
  const steps = [failed('default/a', 'arn:a'), failed('default/b', 'arn:b')]
  for (const [item, object] of [
    ['default/a', 'arn:a'],
    ['default/b', 'arn:b'],
  ] as const) {
    const caught = { state: 'CreateRole', item, error: 'OwnershipConflict' }
    expect(failureIn(caught, 'prod-eu', steps)).toMatchObject({ object, step: 'CreateRole', item })
  }
})

test('a failure without a record names its state, and the item if the state has one', () => {
  const caught = { state: 'CreateRole', error: 'Lambda.Unknown', cause: 'it was killed' }
  const item = 'default/a'
  expect(failureIn({ ...caught, item }, 'prod-eu', [])).toMatchObject({ step: 'CreateRole', item })
  expect(failureIn(caught, 'prod-eu', [])).toMatchObject({ step: 'CreateRole' })
  expect(failureIn(caught, 'prod-eu', [])).not.toHaveProperty('item')
})
