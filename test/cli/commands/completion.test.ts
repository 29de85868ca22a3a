import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { runWid } from '../support/run-wid.ts'

test.for(['bash', 'zsh', 'fish'])('prints the script for %s without an API', async (shell) => {
  const { code, stdout } = await runWid(['completion', shell], { cwd: tmpdir() })
  expect(code).toBe(0)
  expect(stdout).toMatch(new RegExp(`^(#compdef wid\n)?# Made by "wid completion ${shell}"`))
  expect(stdout).toContain('workload')
})

test('refuses an unknown shell', async () => {
  const { code, stderr } = await runWid(['completion', 'csh'], { cwd: tmpdir() })
  expect(code).toBe(2)
  expect(stderr).toContain('Allowed choices are bash, zsh, fish.')
})
