import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { root } from '../docs/support.ts'

test.each(['cost', 'recover', 'rights'])('%s prints for --help what it does and how it is called', async (name) => {
  const form = new RegExp(`^[A-Z].*:\n\n {2}npm run (--silent )?deployment -- ${name}\\b`)
  const printed = await run('infra/commands.ts', name, '--help')
  expect(printed).toEqual({ code: 0, stdout: expect.stringMatching(form), stderr: '' })
})

const list = 'npm run deployment -- COMMAND\n\n {2}access .*\n {2}acceptance .*\n'

test.each(['--help', '-h'])('%s in the place of a command lists the commands', async (option) => {
  const stdout = expect.stringMatching(new RegExp(`^${list}`))
  expect(await run('infra/commands.ts', option)).toEqual({ code: 0, stdout, stderr: '' })
})

// What it prints may go into a file.
test.each(['costs', 'toString'])('%s, which is no command, is an error that lists the commands', async (name) => {
  const stderr = expect.stringMatching(new RegExp(`^There is no command ${name}\\.\n\n${list}`))
  expect(await run('infra/commands.ts', name)).toEqual({ code: 1, stdout: '', stderr })
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
async function run(script: string, ...args: string[]) {
  const printed = promisify(execFile)(process.execPath, [script, ...args], { cwd: root })
  return printed.then((output) => ended.parse({ code: 0, ...output }), ended.parse)
}
