import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import path from 'node:path'
import { expect, test } from 'vitest'
import { startPythonServer } from '../../../sandbox/aws/python-server.ts'
import { startAws } from '../../../sandbox/aws/server.ts'
import { freePort } from '../../../sandbox/network/listen.ts'
import { python } from '../../support/python.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { startFixture } from './support/fixture.ts'
import { invoke } from './support/invoke.ts'

/** Command lines of the processes that mention the folder. */
function processesOf(directory: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'args', 'ewww'], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => line.includes(directory) && !line.startsWith('ps '))
}

async function until(condition: () => boolean, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds
  while (!condition() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50))
  return condition()
}

test('closing leaves no process behind, busy functions included', async () => {
  const fixture = await startFixture()
  const hanging = invoke(fixture.aws, { trick: 'hang' }).catch(() => undefined)
  expect(await until(() => processesOf(fixture.directory).some((line) => line.includes('runtime.mjs')), 5000)).toBe(
    true,
  )
  await fixture.close()
  await hanging
  expect(await until(() => processesOf(fixture.directory).length === 0, 3000)).toBe(true)
})

test('a parent that is killed takes everything with it, and what was there is there again after it', async () => {
  const directory = await temporaryDirectory()
  const script = `
    const { startAws } = await import(${JSON.stringify(new URL('../../../sandbox/aws/server.ts', import.meta.url).href)})
    await startAws({ python: ${JSON.stringify(python)}, directory: ${JSON.stringify(directory.path)}, environment: {}, auth: true })
    console.log('started')`
  const parent = spawn('node_modules/.bin/node', ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(parent.stdout, 'data')
  expect(processesOf(directory.path)).not.toEqual([])
  parent.kill('SIGKILL')
  expect(await until(() => processesOf(directory.path).length === 0, 10_000)).toBe(true)
  const aws = await startAws({ python, directory: directory.path, environment: {}, auth: true })
  await aws.close()
  await directory.remove()
})

test('a Python that is none is an error that says so', async () => {
  const directory = await temporaryDirectory()
  const options = { directory: directory.path, environment: {}, auth: true }
  await expect(startAws({ ...options, python: '/absent/python' })).rejects.toThrow(/ENOENT/)
  await directory.remove()
})

test('an AWS takes the port that it is asked to, and another one when somebody else has it', async () => {
  const directory = await temporaryDirectory()
  const port = await freePort()
  const options = { python, directory: directory.path, environment: {}, auth: true, port }
  const asked = await startAws(options)
  expect(new URL(asked.endpoint).port).toBe(String(port))
  await asked.close()
  const taker = createServer().listen(port, '127.0.0.1')
  await once(taker, 'listening')
  const another = await startAws(options)
  expect(new URL(another.endpoint).port).not.toBe(String(port))
  await another.close()
  taker.close()
  await directory.remove()
})

test('an AWS gets another port when somebody else takes its own before it listens', async () => {
  await expectAnotherPort(createServer((socket) => socket.destroy()))
})

test('an AWS gets another port when another AWS already answers on its own', async () => {
  const other = createHttpServer((_, response) => response.end(JSON.stringify({ pid: process.pid })))
  await expectAnotherPort(other, { processPath: '/_sandbox/process' })
})

/** Starts a server whose first port is taken by this one between its choice and its use. */
async function expectAnotherPort(taker: Server, options: { readonly processPath?: string } = {}): Promise<void> {
  const healthPath = '/_ministack/health'
  const directory = await temporaryDirectory()
  const server = await startPythonServer({
    python,
    module: 'ministack_patched',
    environment(port) {
      if (!taker.listening) taker.listen(port, '127.0.0.1')
      return {
        PATH: process.env.PATH ?? '',
        PYTHONPATH: path.join(import.meta.dirname, '../../../sandbox/aws'),
        PYTHONDONTWRITEBYTECODE: '1',
        HOME: directory.path,
        TMPDIR: directory.path,
        PORT: String(port),
        GATEWAY_PORT: String(port),
        BIND_HOST: '127.0.0.1',
        IOT_MTLS_ENABLED: '0',
        SFTP_ENABLED: '0',
        SANDBOX_FUNCTION_ENVIRONMENT: '{}',
      }
    },
    logFile: path.join(directory.path, 'server.log'),
    healthPath,
    ...options,
  })
  expect((await fetch(server.endpoint + healthPath)).status).toBe(200)
  expect(taker.address()).not.toMatchObject({ port: Number(new URL(server.endpoint).port) })
  await server.close()
  taker.close()
  await directory.remove()
}
