import { expect, it } from 'vitest'
import { startAcceptanceUser } from '../support/acceptance.ts'

const setup = startAcceptanceUser()

it('npm run deployment -- acceptance deploys, sets up, verifies, rotates, tears down, and removes everything', async () => {
  const { code, printed, before, after } = await setup().user.accept()
  expect(code, printed).toBe(0)
  for (const stage of ['deploy', 'connect', 'setup', 'verify', 'rotate', 'teardown']) {
    expect(printed).toContain(`✔ ${stage}`)
  }
  expect(after).toEqual(before)
  expect(printed).toContain('Nothing differed from the sandbox.')
}, 600_000)
