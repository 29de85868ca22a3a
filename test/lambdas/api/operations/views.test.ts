import fc from 'fast-check'
import { expect, test } from 'vitest'
import { change, inWords, mergedChanges } from '../../../../lambdas/report/change.ts'

const changes = fc.array(
  fc.record({ object: fc.constantFrom('a', 'b', 'c'), action: fc.constantFrom(...change.shape.action.options) }),
)

test('each object is told of once, however often a step was tried', () => {
  fc.assert(
    fc.property(changes, (made) => {
      const objects = mergedChanges(made).map(({ object }) => object)
      expect(objects).toEqual([...new Set(made.map(({ object }) => object))])
    }),
  )
})

test('an object is unchanged only if nothing was ever done to it', () => {
  fc.assert(
    fc.property(changes, (made) => {
      for (const { object, action } of mergedChanges(made)) {
        const done = made.filter((one) => one.object === object && one.action !== 'unchanged')
        expect(action === 'unchanged').toBe(done.length === 0)
      }
    }),
  )
})

test('what was created and then updated was created', () => {
  expect(
    mergedChanges([
      { object: 'a', action: 'created' },
      { object: 'a', action: 'updated' },
      { object: 'a', action: 'unchanged' },
    ]),
  ).toEqual([{ object: 'a', action: 'created' }])
})

test('what a dry run would do is told with a detail that says would, and keeps its action', () => {
  expect(inWords({ object: 'a', action: 'deleted' })).toEqual({
    object: 'a',
    action: 'deleted',
    detail: 'would be deleted',
  })
  expect(inWords({ object: 'a', action: 'updated', detail: 'it stays' }).detail).toBe('would be updated: it stays')
  const stays = { object: 'a', action: 'unchanged', detail: 'it is not ours' } as const
  expect(inWords(stays)).toEqual(stays)
})
