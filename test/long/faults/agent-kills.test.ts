/** The process of the agent is killed during a setup, and started again with new keys. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Configuration } from '../../../agent/configuration.ts'
import { freePort } from '../../../sandbox/network/listen.ts'
import { podWithCode, unreachableCluster } from '../../e2e/support/clusters/agent-cluster.ts'
import type { ExistingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { type System, system, waitScale } from '../../e2e/support/system.ts'
import { byAgent, grantRights } from '../../support/agent/prepared-cluster.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let running: System
let own: ExistingCluster
let configuration: Configuration
let folder: Awaited<ReturnType<typeof temporaryDirectory>>
let agent: ChildProcess | undefined
let output = ''

beforeAll(async () => {
  running = await system()
  folder = await temporaryDirectory()
  own = await unreachableCluster(running, 'killed')
  await grantRights(own.cluster, own.body(byAgent))
  configuration = (await podWithCode(running, own, folder.path)).pod
})
afterAll(async () => {
  await killAgent()
  await folder.remove()
})

async function startAgent(): Promise<void> {
  agent = spawn(process.execPath, [resolve(import.meta.dirname, '../../../agent/main.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      API_URL: configuration.apiUrl,
      CLUSTER: configuration.cluster,
      TOKEN_FILE: configuration.tokenFile,
      CODE_FILE: configuration.codeFile,
      SERVICE_ACCOUNT_FOLDER: configuration.serviceAccountFolder,
      API_SERVER: configuration.apiServer,
      HEALTH_PORT: String(await freePort()),
    },
  })
  agent.stdout?.on('data', (data) => {
    output += String(data)
  })
}

async function killAgent(): Promise<void> {
  if (!agent || agent.exitCode !== null || agent.signalCode !== null) return
  const exited = once(agent, 'exit')
  agent.kill('SIGKILL')
  await exited
}

/** Kills the agent after the API server has done the next such call, and before the agent has its response. */
function killedAt(operation: string, write: boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const meanwhile = () => killAgent().then(resolve)
  own.cluster.faults.interrupt({ operation, write, meanwhile, answer: 'dropped' })
  return promise
}

/** Polls the operation until the condition holds, or until its end. */
async function until(location: string, desired: (operation: OperationAnswer) => boolean): Promise<OperationAnswer> {
  for (;;) {
    const operation = await running.observe(location)
    if (operation.endedAt !== undefined || desired(operation)) return operation
    await sleep(500)
  }
}

const ended = (location: string) => until(location, () => false)

const steps = (operation: OperationAnswer) => JSON.stringify(operation.steps)

test('a setup succeeds although the agent is killed before a write, after a write, and after an answer', async () => {
  await startAgent()
  const beforeWrite = killedAt('GET /api/v1/*', false)
  const location = await running.start(own.body(byAgent))
  await beforeWrite
  // The step reports the agent until another one runs, and the next attempt reaches that one.
  const seen = await running.until(location, (operation) => steps(operation).includes('no answer within'))
  expect(steps(seen)).toContain(`agent of cluster ${own.name}`)
  expect(steps(seen)).toMatch(/no answer within \d+ s: it last called (less than a|1) minute ago/)
  const afterWrite = killedAt('PATCH *', true)
  await startAgent()
  await afterWrite
  output = ''
  await startAgent()
  while (!output.includes('The API server answered a request')) await sleep(10)
  await sleep(300)
  await killAgent()
  await startAgent()
  const operation = await ended(location)
  expect(operation.error).toBeUndefined()
  expect(operation).toMatchObject({ status: 'succeeded', result: { proofs: [{ mutation: 'mutated' }] } })
})

test('a drift finds nothing that the kills have left', async () => {
  const drift = await ended(await running.send(`/v1/clusters/${own.name}/drift`, {}))
  expect(drift).toMatchObject({ status: 'succeeded', result: { summary: { differences: 0, problems: 0 } } })
})

test('a setup whose agent is away for ten minutes waits for it, and succeeds when it returns', async () => {
  await killAgent()
  // Waits and timeouts of steps last as long as in the cloud.
  await running.sandbox.aws.setWaitScale(1)
  const location = await running.start(own.body(byAgent))
  const waiting = await until(location, (operation) => /last called 1[01] minutes ago/.test(steps(operation)))
  expect(waiting.endedAt).toBeUndefined()
  await running.sandbox.aws.setWaitScale(waitScale)
  await startAgent()
  expect(await ended(location)).toMatchObject({ status: 'succeeded', result: { proofs: [{ mutation: 'mutated' }] } })
}, 1_000_000)
