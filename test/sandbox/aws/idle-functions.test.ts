import { afterAll, beforeAll, expect, test } from 'vitest'
import { processesOn } from '../support/processes.ts'
import { type Fixture, startFixture } from './support/fixture.ts'
import { invoke } from './support/invoke.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture?.close())

async function processes(): Promise<number> {
  const all = await processesOn(fixture.directory)
  return all.filter(({ command }) => command.includes('runtime.mjs')).length
}

test('an idle process of a function ends, and the next call gets a new one', async () => {
  const first = await invoke(fixture.aws, { trick: 'pid' })
  expect(await processes()).toBe(1)
  // A process ends after a minute, and the server checks every half minute.
  await expect.poll(processes, { timeout: 120_000, interval: 1000 }).toBe(0)
  const second = await invoke(fixture.aws, { trick: 'pid' })
  expect(second.payload).toEqual(expect.any(Number))
  expect(second.payload).not.toBe(first.payload)
}, 150_000)
