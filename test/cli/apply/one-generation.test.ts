import { expect, test } from 'vitest'
import { ofOneGeneration } from '../../../cli/apply/one-generation.ts'

/** Operations on specs that change after each read. The results contain the required generation. */
function changingSpecs() {
  let generation = 4
  return {
    basedOnGeneration: async () => ++generation,
    plan: async (run: string, required: number | undefined) => `plan ${run} ${required}`,
    setUp: async (run: string, required: number | undefined) => `setup ${run} ${required}`,
  }
}

test('a setup requires the generation of its plan, although the spec has changed since', async () => {
  const { plan, setUp } = ofOneGeneration(changingSpecs())
  expect([await plan('a'), await plan('b'), await setUp('a'), await setUp('b')]).toEqual([
    'plan a 5',
    'plan b 6',
    'setup a 5',
    'setup b 6',
  ])
})

test('requires an approved generation instead of the current one', async () => {
  const { plan, setUp } = ofOneGeneration(changingSpecs(), async () => 3)
  expect([await plan('a'), await setUp('a')]).toEqual(['plan a 3', 'setup a 3'])
})
