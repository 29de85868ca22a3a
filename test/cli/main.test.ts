/** Errors of commands, for people and for programs. */
import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listenOnFreePort } from '../../sandbox/network/listen.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { operationWith } from './support/operations.ts'
import { runWid, runWidAtTerminal, widProgram } from './support/run-wid.ts'

const directory = await temporaryDirectory()
const cwd = directory.path

/** The API of a sandbox, with one running operation. */
const running = operationWith()
const problem = { type: 'about:blank', title: 'There is no such cluster', status: 404 }
const server = createServer((request, response) => {
  const isThere = request.url === `/v1/operations/${running.operationId}`
  response.writeHead(isThere ? 200 : 404, { 'content-type': 'application/json' })
  response.end(JSON.stringify(isThere ? running : problem))
})
let api = ''

beforeAll(async () => {
  api = `http://127.0.0.1:${await listenOnFreePort(server)}`
  await mkdir(path.join(cwd, 'folder'))
})
afterAll(async () => {
  server.close()
  await directory.remove()
})

test('the sources have no version', async () => {
  expect(await runWid(['--version'], { cwd })).toEqual({ code: 0, stdout: 'unreleased\n', stderr: '' })
})

test.for([
  [['plan', '-f', 'a.yaml'], '"wid diff -f FILE" plans the requests of a file'],
  [['remove', 'prod-eu', '--yes'], '"wid teardown CLUSTER" removes all that setups made for a cluster'],
  [['add', '--help'], '"wid workload add CLUSTER NAMESPACE/ACCOUNT --policy ARN" gives a workload a role'],
  [['teardwon', 'prod-eu'], '(Did you mean teardown?)'],
] as const)('refuses the command %j, and names the right one', async ([args, words]) => {
  const { code, stderr } = await runWid(args, { cwd })
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
})

test.for([
  ['absent.yaml', 'absent.yaml: there is no such file or folder.\n'],
  ['folder', expect.stringContaining('folder: the folder has no file that ends in .yaml, .yml or .json.')],
] as const)('refuses a request in %s with a message', async ([file, words]) => {
  const { code, stderr } = await runWid(['--api', api, 'apply', '-f', file], { cwd })
  expect([code, stderr]).toEqual([2, words])
})

test('with --output json an error is a document on standard error', async () => {
  const errorOf = async (...args: readonly string[]): Promise<unknown> => {
    const { stdout, stderr } = await runWid(['--api', api, '--output', 'json', ...args], { cwd })
    return { stdout, error: JSON.parse(stderr) }
  }
  const wrongUse = { type: 'error', name: 'WrongUse', exitCode: 2 }
  expect(await errorOf('apply', '-f', 'absent.yaml')).toEqual({
    stdout: '',
    error: { ...wrongUse, message: 'absent.yaml: there is no such file or folder.' },
  })
  expect(await errorOf('status')).toEqual({
    stdout: '',
    error: { ...wrongUse, message: "error: missing required argument 'cluster'" },
  })
  expect(await errorOf('get')).toEqual({ stdout: '', error: { ...wrongUse, message: 'error: a command is missing' } })
  expect(await errorOf('status', 'absent')).toEqual({
    stdout: '',
    error: { type: 'error', name: 'Refused', message: problem.title, exitCode: 3, problem },
  })
})

test('exits without a message when the reader of the output closes it', async () => {
  const child = spawn(process.execPath, [widProgram, 'completion', 'bash'], { cwd, stdio: 'pipe' })
  child.stdout.destroy()
  const code = new Promise((resolve) => child.once('exit', resolve))
  expect([await code, await text(child.stderr)]).toEqual([141, ''])
})

test('Ctrl-C at a terminal says that the operation continues, and how to follow it', async () => {
  const args = ['--api', api, 'watch', running.operationId]
  const { code, shown } = await runWidAtTerminal(args, [['Ctrl-C stops', '\u0003']], { cwd, env: { TERM: 'xterm' } })
  expect([code, shown]).toEqual([
    130,
    expect.stringContaining(`The operation continues. Watch it again with "wid watch ${running.operationId}"`),
  ])
})
