import { expect, it } from 'vitest'
import { runStages, type Stage, Stopped } from './run-stages.ts'

const silent = { started: () => {}, undoing: () => {}, ended: () => {} }

/** Three stages that note what is called, with these in the place of their own. */
function noting(replaced: Partial<Record<'one' | 'two' | 'three', Partial<Stage>>> = {}) {
  const called: string[] = []
  const stages = (['one', 'two', 'three'] as const).map((name) => ({
    name,
    run: async () => void called.push(name),
    undo: async () => void called.push(`undo ${name}`),
    ...replaced[name],
  }))
  return { called, stages }
}

const never = new AbortController().signal

it('runs all stages, and then takes back what they did in the reverse order', async () => {
  const { called, stages } = noting()
  const { ran, undone } = await runStages(stages, { signal: never, report: silent })
  expect(called).toEqual(['one', 'two', 'three', 'undo three', 'undo two', 'undo one'])
  expect([...ran, ...undone].map(({ error }) => error)).toEqual(Array(6).fill(undefined))
})

it('takes back a stage that failed and those before it, and starts none after it', async () => {
  const failure = new Error('the second')
  const { called, stages } = noting({ two: { run: () => Promise.reject(failure) } })
  const { ran } = await runStages(stages, { signal: never, report: silent })
  expect(called).toEqual(['one', 'undo two', 'undo one'])
  expect(ran.map(({ stage, error }) => [stage, error])).toEqual([
    ['one', undefined],
    ['two', failure],
  ])
})

it('calls the other undos when one of them fails, and says which', async () => {
  const failure = new Error('the undo')
  const { called, stages } = noting({ two: { undo: () => Promise.reject(failure) } })
  const { undone } = await runStages(stages, { signal: never, report: silent })
  expect(called.slice(3)).toEqual(['undo three', 'undo one'])
  expect(undone.map(({ stage, error }) => [stage, error])).toEqual([
    ['three', undefined],
    ['two', failure],
    ['one', undefined],
  ])
})

it('stops at a signal after the stage that is under way, and takes back what was done', async () => {
  const stop = new AbortController()
  const { called, stages } = noting({ two: { run: async () => stop.abort() } })
  const { ran } = await runStages(stages, { signal: stop.signal, report: silent })
  expect(called).toEqual(['one', 'undo two', 'undo one'])
  expect(ran.at(-1)?.error).toBeInstanceOf(Stopped)
})

it('passes over a stage that leaves nothing behind', async () => {
  const { called, stages } = noting()
  const [one, two, three] = stages
  if (!one || !two || !three) throw new Error('there are three')
  const { undone } = await runStages([one, { name: two.name, run: two.run }, three], { signal: never, report: silent })
  expect(called.slice(3)).toEqual(['undo three', 'undo one'])
  expect(undone).toHaveLength(2)
})
