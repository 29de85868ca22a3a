import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { root } from '../docs/support.ts'

test.each(['cost', 'recover', 'rights'])('%s --help prints a description and the usage', async (name) => {
  const form = new RegExp(`^[A-Z].*:\n\n {2}npm run (--silent )?deployment -- ${name}\\b`)
  const printed = await run('infra/commands.ts', name, '--help')
  expect(printed).toEqual({ code: 0, stdout: expect.stringMatching(form), stderr: '' })
})

const list = 'npm run deployment -- COMMAND\n\n {2}access .*\n {2}acceptance .*\n'

test.each(['--help', '-h'])('%s instead of a command lists the commands', async (option) => {
  const stdout = expect.stringMatching(new RegExp(`^${list}`))
  expect(await run('infra/commands.ts', option)).toEqual({ code: 0, stdout, stderr: '' })
})

// On stderr, because stdout may be redirected to a file.
test.each(['costs', 'toString'])('the unknown command %s is an error that lists the commands', async (name) => {
  const stderr = expect.stringMatching(new RegExp(`^There is no command ${name}\\.\n\n${list}`))
  expect(await run('infra/commands.ts', name)).toEqual({ code: 1, stdout: '', stderr })
})

test('the error for an unknown option names it, and shows the usage', async () => {
  expect(await run('infra/cost/print-cost.ts', '--nothing')).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^Unknown option '--nothing'\n\nPrints what a deployment costs .*:\n\n {2}npm run/),
  })
})

test('the error for an invalid value names its option, and shows the usage', async () => {
  expect((await run('infra/cost/print-cost.ts', '--clusters=many')).stderr).toMatch(
    /^--clusters: give a number of 0 or more\n\nPrints what a deployment costs/,
  )
})

test('a reader that closes the pipe early is no error of a command', async () => {
  const line = `"${process.execPath}" infra/commands.ts access | true`
  expect(await promisify(execFile)('sh', ['-c', line], { cwd: root })).toEqual({ stdout: '', stderr: '' })
})

const ended = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() })

/** The exit code and the output of a command. */
async function run(script: string, ...args: string[]) {
  const printed = promisify(execFile)(process.execPath, [script, ...args], { cwd: root })
  return printed.then((output) => ended.parse({ code: 0, ...output }), ended.parse)
}
