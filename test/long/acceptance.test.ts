import { expect, it } from 'vitest'
import { startSomebody } from './support/acceptance.ts'

const world = startSomebody()

it('npm run deployment -- acceptance deploys, sets up, verifies, rotates, tears down, and removes all of it', async () => {
  const { code, printed, before, after } = await world().somebody.accept()
  expect(code, printed).toBe(0)
  for (const stage of ['deploy', 'connect', 'setup', 'verify', 'rotate', 'teardown']) {
    expect(printed).toContain(`✔ ${stage}`)
  }
  expect(after).toEqual(before)
  expect(printed).toContain('Nothing differed from the sandbox.')
}, 600_000)
