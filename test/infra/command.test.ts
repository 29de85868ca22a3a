import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { root } from '../docs/support.ts'

test.each([
  ['cost', 'infra/cost/print-cost.ts'],
  ['recover', 'infra/recovery/main.ts'],
  ['rights', 'infra/rbac/print-rights.ts'],
])('npm run %s prints for --help what it does and how it is called, and does nothing', async (name, script) => {
  const form = new RegExp(`^[A-Z].*:\n\n {2}npm run (--silent )?${name}\\b`)
  expect(await run(script, '--help')).toEqual({ code: 0, stdout: expect.stringMatching(form), stderr: '' })
})

test('an option that a command does not know is named, and what it takes is printed after it', async () => {
  expect(await run('infra/cost/print-cost.ts', '--nothing')).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^Unknown option '--nothing'\n\nPrints what a deployment costs .*:\n\n {2}npm run/),
  })
})

test('a value that an option does not take is named, too', async () => {
  expect((await run('infra/cost/print-cost.ts', '--clusters=many')).stderr).toMatch(
    /^--clusters: give a number of 0 or more\n\nPrints what a deployment costs/,
  )
})

const ended = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() })

/** How a command ends. */
async function run(script: string, option: string) {
  const printed = promisify(execFile)(process.execPath, [script, option], { cwd: root })
  return printed.then((output) => ended.parse({ code: 0, ...output }), ended.parse)
}
