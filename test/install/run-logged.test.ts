import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runLogged } from '../peers/install/run-logged.ts'
import { temporaryDirectory } from '../support/temporary.ts'

let directory: { path: string; remove: () => Promise<void> }

beforeEach(async () => {
  directory = await temporaryDirectory()
})

afterEach(() => directory.remove())

function run(script: string, onLine = (_: string) => {}): Promise<void> {
  const log = path.join(directory.path, 'log')
  return runLogged('bash', ['-c', script], { cwd: directory.path, environment: process.env, log, onLine })
}

test('what a program says is kept, and told as it is said', async () => {
  const lines: string[] = []
  await run('echo one; echo two >&2', (line) => lines.push(line))
  expect(lines.toSorted()).toEqual(['one', 'two'])
  expect((await readFile(path.join(directory.path, 'log'), 'utf8')).split('\n').toSorted()).toEqual(['', 'one', 'two'])
})

test('a program that fails is named with the end of what it said', async () => {
  await expect(run('seq 100; exit 3')).rejects.toThrow(/^"bash .* failed: it ended with code 3.*\n86\n.*\n100$/s)
})

test('a program that is not there is named', async () => {
  const log = path.join(directory.path, 'log')
  const options = { cwd: directory.path, environment: process.env, log }
  await expect(runLogged('no-such-go', ['build'], options)).rejects.toThrow(/"no-such-go build" failed: .*ENOENT/)
})

test('a program ends, with what it has started, when that which runs it does', async () => {
  const module = path.resolve(import.meta.dirname, '../peers/install/run-logged.ts')
  const options = { cwd: directory.path, environment: {}, log: path.join(directory.path, 'log') }
  const script = `import { runLogged } from ${JSON.stringify(module)}
    process.on('SIGTERM', () => process.exit(1))
    await runLogged('/bin/bash', ['-c', 'sleep 600 & echo $!; wait'], ${JSON.stringify(options)})`
  const runner = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' })
  const started = await vi.waitFor(async () => {
    const pid = Number(await readFile(options.log, 'utf8'))
    expect(pid).toBeGreaterThan(1)
    return pid
  }, 10_000)
  runner.kill('SIGTERM')
  await vi.waitFor(() => expect(isThere(started)).toBe(false), 10_000)
})

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
