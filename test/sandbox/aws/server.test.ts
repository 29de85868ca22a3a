import { spawn } from 'node:child_process'
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
import { processesOn } from '../support/processes.ts'
import { startFixture } from './support/fixture.ts'
import { invoke } from './support/invoke.ts'

test('closing ends all processes, including busy functions', async () => {
  const fixture = await startFixture()
  const hanging = invoke(fixture.aws, { trick: 'hang' }).catch(() => undefined)
  const commands = async () => (await processesOn(fixture.directory)).map(({ command }) => command)
  await expect.poll(commands, { timeout: 5000 }).toContainEqual(expect.stringContaining('runtime.mjs'))
  await fixture.close()
  await hanging
  await expect.poll(commands, { timeout: 3000 }).toEqual([])
})

test('all processes end when their parent is killed, and AWS can start again', async () => {
  const directory = await temporaryDirectory()
  const script = `
    const { startAws } = await import(${JSON.stringify(new URL('../../../sandbox/aws/server.ts', import.meta.url).href)})
    await startAws({ python: ${JSON.stringify(python)}, directory: ${JSON.stringify(directory.path)}, environment: {}, auth: true })
    console.log('started')`
  const parent = spawn('node_modules/.bin/node', ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(parent.stdout, 'data')
  expect(await processesOn(directory.path)).not.toEqual([])
  parent.kill('SIGKILL')
  await expect.poll(() => processesOn(directory.path), { timeout: 10_000 }).toEqual([])
  const aws = await startAws({ python, directory: directory.path, environment: {}, auth: true })
  await aws.close()
  await directory.remove()
})

test('a missing Python is an error that says so', async () => {
  const directory = await temporaryDirectory()
  const options = { directory: directory.path, environment: {}, auth: true }
  await expect(startAws({ ...options, python: '/absent/python' })).rejects.toThrow(/ENOENT/)
  await directory.remove()
})

test('listens on the requested port, or on another one when it is in use', async () => {
  const directory = await temporaryDirectory()
  const port = await freePort()
  const options = { python, directory: directory.path, environment: {}, auth: true, port }
  const requested = await startAws(options)
  expect(new URL(requested.endpoint).port).toBe(String(port))
  await requested.close()
  const taker = createServer().listen(port, '127.0.0.1')
  await once(taker, 'listening')
  const another = await startAws(options)
  expect(new URL(another.endpoint).port).not.toBe(String(port))
  await another.close()
  taker.close()
  await directory.remove()
})

test('listens on another port when a process takes the port before AWS listens', async () => {
  await expectAnotherPort(createServer((socket) => socket.destroy()))
})

test('listens on another port when another AWS already answers on the port', async () => {
  const other = createHttpServer((_, response) => response.end(JSON.stringify({ pid: process.pid })))
  await expectAnotherPort(other, { processPath: '/_sandbox/process' })
})

/** Starts a server, and takes its first port between its choice and its use. */
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
