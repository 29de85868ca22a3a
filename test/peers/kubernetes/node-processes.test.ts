import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { requireNamespaces } from '../../../sandbox/kubernetes/real/node/namespaces.ts'
import { webhookProgram } from '../../../sandbox/kubernetes/real/node/program.ts'
import { until } from '../../support/api-requests.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let runner: ChildProcess | undefined

beforeEach(async () => {
  directory = await temporaryDirectory()
})
afterEach(async () => {
  runner?.kill('SIGKILL')
  runner = undefined
  await directory.remove()
})

const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
const runningWith = (word: string) => readdirSync('/proc').filter((pid) => commandOf(pid).includes(word))

test('no process of a pod is left when the one that runs it is killed', async () => {
  const word = randomUUID()
  const program = path.join(import.meta.dirname, 'support', 'run-pod.ts')
  runner = spawn(process.execPath, [program, directory.path, word], { stdio: 'inherit' })
  const log = path.join(directory.path, 'log')
  await until(
    () =>
      readFile(log, 'utf8').then(
        (text) => text.includes('started'),
        () => false,
      ),
    'the pod',
    30_000,
  )
  expect(runningWith(word).length).toBeGreaterThan(2)
  runner.kill('SIGKILL')
  await once(runner, 'exit')
  await until(() => runningWith(word).length === 0, 'the end of all', 30_000)
})

test('a machine without namespaces is told what it needs', async () => {
  const { PATH } = process.env
  await writeFile(
    path.join(directory.path, 'unshare'),
    '#!/bin/sh\necho "unshare failed: Operation not permitted" >&2\nexit 1\n',
  )
  await chmod(path.join(directory.path, 'unshare'), 0o700)
  process.env.PATH = `${directory.path}:${PATH}`
  try {
    await expect(requireNamespaces()).rejects.toThrow(/unshare failed: Operation not permitted.*max_user_namespaces/s)
  } finally {
    process.env.PATH = PATH
  }
})

test('a WEBHOOK_BINARY that cannot be executed is an error that names the file', async () => {
  const file = path.join(directory.path, 'webhook')
  await writeFile(file, '', { mode: 0o600 })
  await expect(webhookProgram(directory.path, file)).rejects.toThrow(`WEBHOOK_BINARY is ${file}`)
})
