import { afterAll, beforeAll, expect, it } from 'vitest'
import { type System, system } from '../e2e/support/system.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { Somebody } from './support/acceptance.ts'

let running: System
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let somebody: Somebody

beforeAll(async () => {
  running = await system()
  directory = await temporaryDirectory()
  somebody = await Somebody.with(running, directory.path)
})
afterAll(() => directory?.remove())

it('npm run acceptance deploys, sets up, verifies, rotates, tears down, and removes all of it', async () => {
  const { code, printed, before, after } = await somebody.accept()
  expect(code, printed).toBe(0)
  for (const stage of ['deploy', 'connect', 'setup', 'verify', 'rotate', 'teardown']) {
    expect(printed).toContain(`✔ ${stage}`)
  }
  expect(after).toEqual(before)
  expect(printed).toContain('Nothing differed from the sandbox.')
}, 600_000)
