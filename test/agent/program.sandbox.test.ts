import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import type { Cluster } from '../../sandbox/kubernetes/clusters/cluster.ts'
import { type Authority, createAuthority } from '../../sandbox/network/authority.ts'
import { freePort } from '../../sandbox/network/listen.ts'
import { type ConnectProxy, startProxy } from '../../sandbox/network/proxy.ts'
import { type PublicHost, startPublicHost } from '../../sandbox/network/public-host.ts'
import { FakeDeployment } from '../support/agent/fake-deployment.ts'
import { type PodFiles, podFiles, startCluster, tokenFor } from '../support/agent/system.ts'

const root = resolve(import.meta.dirname, '../..')
const dockerfile = readFileSync(join(root, 'agent/Dockerfile'), 'utf8')
const run = promisify(execFile)
const deployment = new FakeDeployment()
let cluster: Cluster
let files: PodFiles
let authority: Authority
let proxy: ConnectProxy
let host: PublicHost
let program: ChildProcess
let output = ''

beforeAll(async () => {
  cluster = await startCluster()
  files = await podFiles(cluster)
  await run(process.execPath, ['agent/bundle.ts', join(files.path, 'agent.mjs')], { cwd: root })
  authority = await createAuthority(join(files.path, 'authority'))
  proxy = await startProxy()
  const { handler } = deployment
  // As the real one does: a call without work returns late.
  deployment.holdMs = 20_000
  host = await startPublicHost({ authority, proxy, names: ['roles.example.com'], handler })
  program = start({
    API_URL: 'https://roles.example.com',
    CLUSTER: 'prod',
    TOKEN_FILE: join(files.path, 'identity'),
    SERVICE_ACCOUNT_FOLDER: files.path,
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: String(cluster.port),
    HEALTH_PORT: String(await freePort()),
    HTTPS_PROXY: proxy.url,
    NODE_EXTRA_CA_CERTS: authority.caFile,
  })
  for (const stream of [program.stdout, program.stderr]) {
    stream?.on('data', (data) => {
      output += String(data)
    })
  }
})
afterAll(async () => {
  program.kill('SIGKILL')
  await host.close()
  await proxy.close()
  await cluster.close()
  await files.remove()
})

/** Starts the bundle with the arguments and the variables of the image. */
function start(env: Record<string, string>): ChildProcess {
  const [, command = ''] = /^CMD (.*)$/m.exec(dockerfile) ?? []
  const args = JSON.parse(command.replace('/agent/agent.mjs', join(files.path, 'agent.mjs')))
  const variables = [...dockerfile.matchAll(/^ENV (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value])
  return spawn(process.execPath, args, {
    env: { ...Object.fromEntries(variables), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

test('the agent calls the deployment through the proxy of HTTPS_PROXY, and the API server without it', async () => {
  expect(await deployment.get('/version')).toMatchObject({ status: 200 })
  expect([...proxy.asked.keys()]).toEqual(['roles.example.com:443'])
})

test('the agent sends the version of the release', () => {
  expect(deployment.calls[0]?.facts.version).toBe(manifest.version)
  expect(deployment.received[0]?.headers['user-agent']).toBe(`workload-identity-agent/${manifest.version}`)
})

test('after 200 requests, the agent has less than 120 MB of memory', async () => {
  for (let batch = 0; batch < 10; batch += 1) {
    const answers = Array.from({ length: 20 }, () => deployment.get('/api/v1/namespaces/default/configmaps'))
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ status: 200 })
  }
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(program.pid)])
  expect(Number(stdout) / 1024).toBeLessThan(120)
})

test('on SIGTERM, the agent ends with status 0, and its output has no token', async () => {
  const ended = once(program, 'exit')
  program.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  expect(output).toContain('"message":"The agent is started"')
  for (const token of [await tokenFor(cluster), await tokenFor(cluster, 'https://deployment.example')]) {
    const [header = ''] = token.split('.')
    expect(output).not.toContain(header)
  }
})

test('a wrong configuration ends the agent with status 1 and the reason', async () => {
  let text = ''
  const wrong = start({ CLUSTER: 'prod', API_URL: 'https://roles.example.com', API_SERVER: 'http://10.0.0.1' })
  wrong.stdout?.on('data', (data) => {
    text += String(data)
  })
  expect(await once(wrong, 'close')).toEqual([1, null])
  expect(JSON.parse(text)).toMatchObject({
    level: 'error',
    message: expect.stringContaining('API_SERVER is not https'),
  })
})

test('a taken health port ends the agent with status 1 and the reason', async () => {
  let text = ''
  const variables = { CLUSTER: 'prod', API_URL: 'https://roles.example.com', API_SERVER: 'https://10.0.0.1' }
  const taken = start({ ...variables, HEALTH_PORT: String(cluster.port) })
  taken.stdout?.on('data', (data) => {
    text += String(data)
  })
  expect(await once(taken, 'close')).toEqual([1, null])
  expect(JSON.parse(text)).toMatchObject({ message: 'The agent cannot start: EADDRINUSE' })
})
