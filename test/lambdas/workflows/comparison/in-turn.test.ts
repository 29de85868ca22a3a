import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Attempted, inTurn } from '../../../../lambdas/workflows/comparison/in-turn.ts'

/** Runs with these outcomes of the attempts of each cluster, the last of them again and again. Notes what was attempted and waited. */
async function run(outcomes: Readonly<Record<string, readonly Attempted[]>>) {
  const attempted: string[] = []
  const waits: number[] = []
  const came = await inTurn(Object.keys(outcomes), {
    attempt: async (cluster) => {
      const before = attempted.filter((each) => each === cluster).length
      attempted.push(cluster)
      return outcomes[cluster]?.[before] ?? outcomes[cluster]?.at(-1) ?? 'failed'
    },
    wait: async (milliseconds) => void waits.push(milliseconds),
  })
  return { came, attempted, waits }
}

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, ['started'] as const]))

test('two seconds lie between two starts, so that 200 clusters are started in seven minutes', async () => {
  const { came, attempted, waits } = await run(many(200))
  expect(attempted).toHaveLength(200)
  expect(came.started).toEqual(attempted)
  expect(waits).toEqual(Array.from({ length: 199 }, () => 2000))
})

test('any number of clusters is started within eight minutes, since a function may run for fifteen', async () => {
  const { waits } = await run(many(5000))
  expect(waits.reduce((all, each) => all + each, 0)).toBeLessThanOrEqual(8 * 60_000)
})

test('a cluster that is busy is tried again after the others, and a cluster that stays busy is left to the next time', async () => {
  const { came, attempted, waits } = await run({ a: ['busy', 'started'], b: ['busy'], c: ['started'] })
  expect(attempted).toEqual(['a', 'b', 'c', 'a', 'b', 'b', 'b', 'b'])
  expect(came).toMatchObject({ started: ['a', 'c'], busy: ['b'] })
  expect(waits.reduce((all, each) => all + each, 0)).toBeLessThanOrEqual(3 * 60_000)
})

test('each cluster comes to one outcome, and one that was not busy is tried once, whatever becomes of the others', async () => {
  const outcome = fc.constantFrom<Attempted>('started', 'started before', 'busy', 'left out', 'failed')
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.array(outcome, { minLength: 1 })), async (outcomes) => {
      const { came, attempted } = await run(outcomes)
      expect(Object.values(came).flat().sort()).toEqual(Object.keys(outcomes).sort())
      for (const [cluster, [first]] of Object.entries(outcomes)) {
        if (first !== 'busy') expect(attempted.filter((each) => each === cluster)).toHaveLength(1)
      }
    }),
  )
})

test('after a cluster that an earlier call has started, the next one is tried at once', async () => {
  expect((await run({ a: ['started before'], b: ['started before'], c: ['started'] })).waits).toEqual([])
})

test('without clusters nothing is tried', async () => {
  expect(await run({})).toMatchObject({ attempted: [], waits: [] })
})
