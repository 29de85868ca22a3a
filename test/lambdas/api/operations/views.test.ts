import fc from 'fast-check'
import { expect, test } from 'vitest'
import { change, inWords, mergedChanges } from '../../../../lambdas/report/change.ts'

const changes = fc.array(
  fc.record({ object: fc.constantFrom('a', 'b', 'c'), action: fc.constantFrom(...change.shape.action.options) }),
)

test('each object is listed once, however many attempts a step had', () => {
  fc.assert(
    fc.property(changes, (made) => {
      const objects = mergedChanges(made).map(({ object }) => object)
      expect(objects).toEqual([...new Set(made.map(({ object }) => object))])
    }),
  )
})

test('an object is unchanged only if no attempt changed it', () => {
  fc.assert(
    fc.property(changes, (made) => {
      for (const { object, action } of mergedChanges(made)) {
        const done = made.filter((one) => one.object === object && one.action !== 'unchanged')
        expect(action === 'unchanged').toBe(done.length === 0)
      }
    }),
  )
})

test('an object that was created and then updated counts as created', () => {
  expect(
    mergedChanges([
      { object: 'a', action: 'created' },
      { object: 'a', action: 'updated' },
      { object: 'a', action: 'unchanged' },
    ]),
  ).toEqual([{ object: 'a', action: 'created' }])
})

test('a change in a dry run keeps its action, and its detail says "would be"', () => {
  expect(inWords({ object: 'a', action: 'deleted' })).toEqual({
    object: 'a',
    action: 'deleted',
    detail: 'would be deleted',
  })
  expect(inWords({ object: 'a', action: 'updated', detail: 'it stays' }).detail).toBe('would be updated: it stays')
  const stays = { object: 'a', action: 'unchanged', detail: 'it is not ours' } as const
  expect(inWords(stays)).toEqual(stays)
})
