import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { IAMClient, ListRolesCommand, TagRoleCommand } from '@aws-sdk/client-iam'
import { KubeConfig, VersionApi } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { account } from '../../sandbox/account.ts'
import { listenOnFreePort } from '../../sandbox/network/listen.ts'
import { roleNameOf } from '../support/aws/roles.ts'
import { setEnvironment } from '../support/environment.ts'
import { killProcessesOn, listenersOf, processesOn, untilNoProcessesOn } from './support/processes.ts'
import { Started } from './support/start.ts'
import { comparable, explanation, transcript } from './support/transcript.ts'

const description = z.object({
  api: z.url(),
  aws: z.strictObject({
    endpoint: z.url(),
    region: z.string(),
    accountId: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
  }),
  caFile: z.string(),
  kubeconfigs: z.record(z.string(), z.string()),
})
const operations = z.object({ operations: z.array(z.object({ operationId: z.string() })) })
const operation = z.object({
  status: z.string(),
  steps: z.array(z.object({ changes: z.array(z.object({ action: z.string() })) })),
})

/** Below .sandbox/, which must contain all files of a start. */
const folder = path.resolve(import.meta.dirname, `../../.sandbox/start-${process.pid}`)
const state = path.join(folder, 'state')
let running: Started | undefined
let firstPrinted = ''

function start(...args: readonly string[]): Started {
  running = new Started(['sandbox/main.ts', '--state', state, ...args], 18_000 + (process.pid % 1000) * 10)
  return running
}

async function described() {
  return description.parse(JSON.parse(await readFile(path.join(folder, 'sandbox.json'), 'utf8')))
}

beforeAll(async () => {
  const first = start('--once')
  expect(await first.ended, first.printed).toBe(0)
  expect(first.printed).toContain('Proof for system:serviceaccount:default:s3-reader')
  firstPrinted = first.printed
  await untilNoProcessesOn(folder)
}, 180_000)

afterAll(async () => {
  await killProcessesOn(folder)
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

it('prints the transcript in the documentation', () => {
  expect(comparable(firstPrinted)).toEqual(comparable(transcript.run))
})

describe('a start on the state of an earlier one', { timeout: 120_000 }, () => {
  const taken = createServer()
  let port = 0
  let serving: Started

  beforeAll(async () => {
    port = await listenOnFreePort(taken, 0)
    serving = new Started(['sandbox/main.ts', '--state', state], port)
    await serving.until('Serving until Ctrl-C')
  }, 120_000)
  afterAll(() => taken.close())

  it('keeps all state: the same setup changes nothing', async () => {
    const { api } = await described()
    const [newest] = operations.parse(await (await fetch(`${api}/v1/operations`)).json()).operations
    const { status, steps } = operation.parse(await (await fetch(`${api}/v1/operations/${newest?.operationId}`)).json())
    expect(status).toBe('succeeded')
    const actions = steps.flatMap(({ changes }) => changes).map(({ action }) => action)
    expect(actions.length).toBeGreaterThan(10)
    expect(new Set(actions)).toEqual(new Set(['unchanged']))
  })

  it('listens on the next port when one is in use, and prints it', async () => {
    const { api } = await described()
    expect(Number(new URL(api).port)).toBeGreaterThan(port)
    expect(serving.printed).toContain(`API        ${api}/v1`)
  })

  it('prints the explanations of the transcript in the documentation', () => {
    const [, explained = ''] = serving.printed.split(explanation)
    const shown = explained.replaceAll(path.relative(path.resolve('.'), folder), '.sandbox')
    expect(comparable(shown)).toEqual(comparable(transcript.explained))
  })

  it('listens on 127.0.0.1 only', async () => {
    const listeners = await listenersOf(await processesOn(folder))
    expect(listeners.length).toBeGreaterThanOrEqual(5)
    expect(new Set(listeners.map(({ address }) => address))).toEqual(new Set(['0100007F']))
  })

  it('writes its files so that only the user can read them', async () => {
    for (const file of ['sandbox.json', 'aws.env']) {
      expect((await stat(path.join(folder, file))).mode & 0o777).toBe(0o600)
    }
    for (const file of Object.values((await described()).kubeconfigs)) {
      expect((await stat(file)).mode & 0o777).toBe(0o600)
    }
    expect((await stat(state)).mode & 0o777).toBe(0o700)
  })

  it('writes kubeconfigs with which a Kubernetes client reaches each cluster', async () => {
    const { kubeconfigs } = await described()
    const versions = Object.values(kubeconfigs).map(async (file) => {
      const config = new KubeConfig()
      config.loadFromFile(file)
      return (await config.makeApiClient(VersionApi).getCode()).gitVersion
    })
    expect((await Promise.all(versions)).sort()).toEqual(expect.arrayContaining(['v1.20.9-gke.300', 'v1.33.2-gke.100']))
  })

  it('prints a line that configures an AWS client for the sandbox', async () => {
    const line = /^AWS CLI +(.+)/m.exec(serving.printed)?.[1] ?? ''
    // Replaces the AWS CLI, and prints its arguments and variables. The user's shell has other variables.
    const shown = `aws() { echo "$*"; env | grep ^AWS_; }; ${line}`
    const { stdout } = await promisify(execFile)('sh', ['-c', shown], {
      env: { PATH: process.env.PATH, AWS_PROFILE: 'mine', AWS_SESSION_TOKEN: 'mine', AWS_REGION: 'us-east-1' },
    })
    const [command = '', ...variables] = stdout.trim().split('\n')
    const { aws } = await described()
    // Version 1 of the AWS CLI: AWS_DEFAULT_REGION, and in its older releases no AWS_ENDPOINT_URL.
    expect(command).toBe(`--endpoint-url ${aws.endpoint} iam list-roles`)
    expect(variables).toContain(`AWS_DEFAULT_REGION=${account.region}`)
    expect(variables.join()).not.toContain('mine')
    expect(serving.printed).not.toContain(aws.secretAccessKey)
    const restore = setEnvironment(Object.fromEntries(variables.map((one) => one.split('='))))
    const { Roles } = await new IAMClient({}).send(new ListRolesCommand({ PathPrefix: '/workload-identity/' }))
    restore()
    expect(Roles?.map(({ RoleName }) => RoleName)).toEqual([roleNameOf('prod-eu')])
  })

  it('locks its state: a second start and a reset are refused', async () => {
    const second = new Started(['sandbox/main.ts', '--state', state, '--once'], 0)
    const reset = new Started(['sandbox/reset.ts', '--state', state], 0)
    expect(await second.ended).toBe(1)
    expect(await reset.ended).toBe(1)
    for (const { printed } of [second, reset]) {
      expect(printed).toMatch(/A sandbox is running on .* already \(process \d+\)\. End it first/)
    }
    expect(existsSync(path.join(state, 'aws'))).toBe(true)
  })

  it('ends at Ctrl-C with all its processes', async () => {
    const { api, aws } = await described()
    // The test of a failing setup needs a role of another cluster.
    const root = {
      endpoint: aws.endpoint,
      region: aws.region,
      credentials: { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey },
    }
    const Tags = [{ Key: 'workload-identity:cluster', Value: 'another' }]
    await new IAMClient(root).send(new TagRoleCommand({ RoleName: roleNameOf('prod-eu'), Tags }))
    serving.interrupt()
    expect(await serving.ended).toBe(0)
    const kept = path.relative(path.resolve('.'), state)
    expect(serving.printed).toContain(`Everything is kept in ${kept}: the next start goes on from there.\n`)
    expect(serving.printed.match(/Stopping/g)).toHaveLength(1)
    await untilNoProcessesOn(folder)
    await expect(fetch(api)).rejects.toThrow()
    await expect(fetch(aws.endpoint)).rejects.toThrow()
  })

  it('with --once prints why the setup failed, and exits with 1', async () => {
    const once = start('--once')
    expect(await once.ended).toBe(1)
    expect(once.printed).toContain('it belongs to another cluster of this deployment')
    await untilNoProcessesOn(folder)
  })

  it('ends at SIGTERM, in the middle of a setup', async () => {
    const ending = start()
    await ending.until('POST http')
    ending.child.kill('SIGTERM')
    await ending.ended
    await untilNoProcessesOn(folder)
  })

  it('leaves no process behind when it is killed, and can start again at once', async () => {
    const killed = start()
    await killed.until('POST http')
    const main = (await processesOn(folder)).find(({ command }) =>
      /node_modules\/\.bin\/node sandbox\/main\.ts/.test(command),
    )
    process.kill(main?.pid ?? 0, 'SIGKILL')
    expect(await killed.ended).toBe(1)
    const again = start()
    await again.until('POST http')
    again.interrupt()
    await again.ended
    await untilNoProcessesOn(folder)
  })

  it('has no state after a reset', async () => {
    const reset = new Started(['sandbox/reset.ts', '--state', state], 0)
    expect(await reset.ended, reset.printed).toBe(0)
    for (const kept of ['state', 'sandbox.json', 'aws.env', 'kubeconfigs']) {
      expect(existsSync(path.join(folder, kept)), kept).toBe(false)
    }
  })
})
