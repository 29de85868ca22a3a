import path from 'node:path'
import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningAgent, startAgent } from '../../agent/agent.ts'
import type { Configuration } from '../../agent/configuration.ts'
import { version } from '../../lambdas/version.ts'
import { writeDescription } from '../../sandbox/description.ts'
import { freePort } from '../../sandbox/network/listen.ts'
import { byAgent, grantRights } from '../support/agent/prepared-cluster.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { outputOf, rootOf } from './support/aws-clients.ts'
import { podWithCode, unreachableCluster } from './support/clusters/agent-cluster.ts'
import type { ExistingCluster } from './support/clusters/existing-cluster.ts'
import { onlyThese, rotate } from './support/clusters/rotation.ts'
import { driftOf } from './support/runs/comparison.ts'
import { type System, system } from './support/system.ts'
import { wid } from './support/wid.ts'

let running: System
let own: ExistingCluster
let code = ''
let agent: RunningAgent
let pod: Configuration
let folder: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  running = await system()
  folder = await temporaryDirectory()
  own = await unreachableCluster(running, 'edge')
})
afterAll(async () => {
  await agent?.close()
  await folder.remove()
})

test('a setup waits for the agent, and an enrolled agent sets up a cluster that no function reaches', async () => {
  const location = await running.start(own.body(byAgent))
  await running.until(location, ({ steps }) =>
    steps.some(({ waitingFor }) => waitingFor?.includes(`wid enroll ${own.name}`)),
  )
  await grantRights(own.cluster, own.body(byAgent))
  const made = await podWithCode(running, own, folder.path)
  code = made.code
  pod = made.pod
  agent = await startAgent({ ...pod, times: { ...pod.times, notEnrolledMs: 200 } })
  const ended = await running.ended(location)
  expect(ended.error).toBeUndefined()
  expect(ended).toMatchObject({ status: 'succeeded', result: { proofs: [{ mutation: 'mutated' }] } })
})

test('a drift, a rotation and a verification of the cluster run through the agent', async () => {
  const drift = await running.ended(await running.send(`/v1/clusters/${own.name}/drift`, {}))
  expect(drift).toMatchObject({
    status: 'succeeded',
    result: { summary: { differences: 0, unreachable: 0, problems: 0 } },
  })
  const verified = await running.ended(await running.send(`/v1/clusters/${own.name}/verifications`, {}))
  expect(verified).toMatchObject({ status: 'succeeded' })
  await onlyThese(running, [own.name], async () => {
    expect((await rotate(running)).get(own.name)).toMatchObject({ outcome: 'unchanged' })
  })
})

test('the record and the commands name the version of the agent and its last call', async () => {
  const view: unknown = await (await fetch(`${running.api}/v1/clusters/${own.name}`)).json()
  expect(view).toMatchObject({
    connection: 'agent',
    spec: { cluster: { connection: 'agent' } },
    agent: { version, calledAt: expect.any(String), enrolledBy: expect.any(String) },
  })
  expect(view).not.toHaveProperty('credentialsEndAt')
  const called = new RegExp(String.raw`\b${version}, last call (less than a|1) minute ago`)
  for (const args of [
    ['get', 'clusters'],
    ['status', own.name],
  ]) {
    expect((await wid(running, args)).out).toMatch(called)
  }
  const doctor = (await wid(running, ['doctor', own.name])).out
  expect(doctor).toMatch(new RegExp(`✔ agent +${called.source}`))
  // The agent of the test runs from its sources, and the functions are bundled.
  expect(doctor).toContain(`✖ agent version       the agent has version ${version}, and the deployment has `)
})

test('a second agent of the cluster does no harm', async () => {
  const before = await answersOf(agent)
  const second = await startAgent({ ...pod, healthPort: await freePort() })
  try {
    for (const kind of ['verifications', 'drift']) {
      const ended = await running.ended(await running.send(`/v1/clusters/${own.name}/${kind}`, {}))
      expect(ended).toMatchObject({ status: 'succeeded' })
    }
    expect(await answersOf(agent)).toBeGreaterThan(before)
    expect(await answersOf(second)).toBeGreaterThan(0)
  } finally {
    await second.close()
  }
})

/** The answers that the deployment has accepted from the agent. */
async function answersOf({ healthUrl }: RunningAgent): Promise<number> {
  const metrics = await (await fetch(`${healthUrl}/metrics`)).text()
  return Number(/\{route="answer",result="200"\} (\d+)/.exec(metrics)?.[1] ?? 0)
}

async function itemsOfAgent() {
  const { Items = [] } = await rootOf(running).record.send(
    new QueryCommand({
      TableName: outputOf(running, 'TableName'),
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `AGENT#${own.name}` },
    }),
  )
  return Items
}

test('the record has neither the code nor a request in clear text', async () => {
  const found = await itemsOfAgent()
  const items = JSON.stringify(found)
  expect(found.length).toBeGreaterThan(10)
  expect(items).not.toContain(code)
  expect(items).not.toContain('/api/v1')
})

test('the cluster changes to a secret and back to its agent, after which no operation reads the secret', async () => {
  const { proxy, secrets } = running.sandbox
  const address = `${own.cluster.settings.host}:${own.cluster.settings.port}`
  proxy.route(address, own.cluster.port)
  expect((await running.setUp(own.body())).error).toBeUndefined()

  proxy.route(address, await freePort())
  await secrets.keep(`${own.name}/user-cluster`, 'no credentials')
  expect((await running.setUp(own.body(byAgent))).error).toBeUndefined()
  expect(await driftOf(running, own.name)).toMatchObject({ summary: { differences: 0 }, problems: [] })
  await writeDescription(running.sandbox, path.join(folder.path, '.sandbox'))
  expect((await wid(running, ['doctor', own.name], { cwd: folder.path })).out).toMatch(
    new RegExp(`✖ secret +workload-identity/${own.name}/user-cluster still has a value, but an agent connects`),
  )
})

test('a teardown removes all through the agent', async () => {
  const torn = await running.tearDown(`/v1/clusters/${own.name}`)
  expect(torn.error).toBeUndefined()
  expect(torn).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
  const items = await itemsOfAgent()
  expect(items.filter(({ sk }) => sk === 'AGENT' || sk === 'CODE')).toEqual([])
})

test('a certificate request of the webhook is approved, and at the teardown deleted, through the agent', async () => {
  // The signer of kube-controller-manager for these requests exists up to Kubernetes 1.21.
  const old = await unreachableCluster(running, 'edge-csr', '1.21.14')
  const body = old.body({ ...byAgent, 'webhook.certificate': 'csr' })
  await grantRights(old.cluster, body)
  const agentOfOld = await startAgent((await podWithCode(running, old, folder.path)).pod)
  try {
    const ended = await running.setUp(body)
    expect(ended.error).toBeUndefined()
    expect(ended).toMatchObject({ result: { webhook: { mode: 'csr' }, proofs: [{ mutation: 'mutated' }] } })
    expect(old.cluster.objects('CertificateSigningRequest')).not.toEqual([])
    const torn = await running.tearDown(`/v1/clusters/${old.name}`)
    expect(torn).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
    expect(old.cluster.objects('CertificateSigningRequest')).toEqual([])
  } finally {
    await agentOfOld.close()
  }
})
