/** Each call of the agent fails in each way, between the real agent and the real functions. */
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type RunningAgent, startAgent } from '../../agent/agent.ts'
import { type Configuration, defaultTimes, type Times } from '../../agent/configuration.ts'
import { readAgent, storeRequest } from '../../lambdas/agent/agent-record.ts'
import { accessByAgent } from '../../lambdas/agent/relay.ts'
import * as createEnrolment from '../../lambdas/api/agents/create-enrolment.ts'
import { accountNamespace, clusterAccount } from '../../lambdas/ownership/setup-account.ts'
import type { Cluster } from '../../sandbox/kubernetes/clusters/cluster.ts'
import { madeMetadata } from '../../sandbox/kubernetes/controllers/writes.ts'
import { audience } from '../support/agent/agent-tokens.ts'
import { type CallFault, FaultyDeployment } from '../support/agent/faulty-deployment.ts'
import { byAgent, grantRights, preparedPod } from '../support/agent/prepared-cluster.ts'
import { capturedLog, startCluster } from '../support/agent/system.ts'
import { apiAccount, callApi } from '../support/api/api.ts'
import { exampleBody } from '../support/api/requests.ts'
import { until } from '../support/kubernetes/api-requests.ts'
import { localServer } from '../support/network/local-server.ts'
import { temporaryDirectory } from '../support/temporary.ts'

apiAccount()

const faults: readonly CallFault[] = ['cut before', 'cut after', 'late', 'html', 401, 429, 503]
const path = '/api/v1/namespaces/default/configmaps'
const quick: Times = { ...defaultTimes, notEnrolledMs: 50, quietCallMs: 5, retryMinMs: 5, retryMaxMs: 20 }
let cluster: Cluster
let server: Awaited<ReturnType<typeof localServer>>
let folder: Awaited<ReturnType<typeof temporaryDirectory>>
let deployment: FaultyDeployment
let configuration: Configuration
let agent: RunningAgent | undefined
let lines: string[]
let count = 0
let name = ''

beforeAll(async () => {
  cluster = await startCluster()
  await grantRights(cluster, exampleBody('existing-cluster', { 'cluster.name': 'prod', ...byAgent }))
  // Of the rights of the agent, none is for a request that has another effect when it is repeated.
  const metadata = madeMetadata('configmaps')
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create'] }]
  cluster.store.put({ apiVersion, kind: 'ClusterRole', metadata, rules })
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name }
  const subjects = [{ kind: 'ServiceAccount', namespace: accountNamespace, name: clusterAccount }]
  cluster.store.put({ apiVersion, kind: 'ClusterRoleBinding', metadata, roleRef, subjects })
  server = await localServer(() => (request, response) => deployment.handler(request, response))
})
afterAll(async () => {
  await server.close()
  await cluster.close()
})
beforeEach(async () => {
  count += 1
  name = `edge-${count}`
  deployment = new FaultyDeployment()
  folder = await temporaryDirectory()
  const pod = await preparedPod(cluster, { folder: folder.path, apiUrl: server.url, audience })
  configuration = { ...pod, cluster: name, times: quick }
  lines = capturedLog()
  cluster.calls.clear()
})
afterEach(async () => {
  await agent?.close()
  agent = undefined
  // Ends the calls for work that wait.
  const { publicKey = '' } = (await readAgent(name))?.facts ?? {}
  await storeRequest(name, { id: randomUUID(), publicKey, sealed: 'a' })
  await deployment.settled()
  await folder.remove()
  vi.restoreAllMocks()
})

async function start(times: Partial<Times> = {}): Promise<void> {
  agent = await startAgent({ ...configuration, times: { ...quick, closeMs: 0, ...times } })
}

async function writeCode(): Promise<void> {
  const { body } = await callApi(createEnrolment.handler, { parameters: { cluster: name } })
  await writeFile(configuration.codeFile, body.code)
}

async function startEnrolled(times: Partial<Times> = {}): Promise<void> {
  await writeCode()
  await start(times)
  await until(() => readAgent(name))
}

/** A request of a function that must not be done twice: the API server makes another object each time. */
async function relay(signal = AbortSignal.timeout(20_000)): Promise<{ readonly statusCode: number }> {
  const access = await accessByAgent(name)
  if (!access) throw new Error('no agent is enrolled')
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'once-' } })
  return access.transport({ origin: access.server, method: 'POST', path, headers, body, signal })
}

const relayed = () => cluster.calls.all().filter(({ operation }) => operation === `POST ${path}`).length
const countOf = (route: string) => deployment.done.filter((call) => call.route === route).length

describe.each(faults)('the fault %s', (fault) => {
  test('of calls for work delays requests, and each is done once', async () => {
    await startEnrolled()
    deployment.faults['get-work'].push(fault, fault)
    for (let sent = 1; sent <= 3; sent += 1) expect((await relay()).statusCode).toBe(201)
    await until(() => deployment.faults['get-work'].length === 0)
    expect(relayed()).toBe(3)
    expect(countOf('put-answer')).toBe(3)
  })

  test('of an enrolment ends with an enrolled agent', async () => {
    deployment.faults['enrol-agent'].push(fault)
    await writeCode()
    await start()
    await until(() => readAgent(name))
    expect((await relay()).statusCode).toBe(201)
    expect(countOf('enrol-agent')).toBe(1)
  })

  test('of an answer does the request once, and ends well or with an error that names the agent', async () => {
    await startEnrolled()
    deployment.faults['put-answer'].push(fault)
    // The agent gives such an answer up.
    if (fault === 401) {
      await expect(relay(AbortSignal.timeout(1500))).rejects.toMatchObject({
        name: 'AgentNotResponding',
        object: `agent of cluster ${name}`,
        reason: expect.stringMatching(/^no answer within [12] s: it last called less than a minute ago$/),
        action: 'Check that the agent runs, and that it reaches the API',
      })
    } else {
      expect((await relay()).statusCode).toBe(201)
      await until(() => deployment.faults['put-answer'].length === 0)
      expect(countOf('put-answer')).toBe(1)
    }
    expect(relayed()).toBe(1)
    expect((await relay()).statusCode).toBe(201)
  })
})

test('an answer that the deployment confirms after the limit of the agent has arrived', async () => {
  await startEnrolled({ answerMs: 100 })
  deployment.faults['put-answer'].push('late')
  expect((await relay()).statusCode).toBe(201)
  await until(() => lines.some((line) => line.includes('The agent could not deliver an answer')))
  expect(relayed()).toBe(1)
})

test('requests of a call for work that takes longer than the limit of the agent are delivered again', async () => {
  await startEnrolled({ callMs: 1000 })
  deployment.lateMs = 1500
  deployment.faults['get-work'].push('late')
  expect((await relay()).statusCode).toBe(201)
  expect((await relay()).statusCode).toBe(201)
  expect(relayed()).toBe(2)
})

test('an agent that the deployment refuses logs the reason', async () => {
  await start()
  await until(() => lines.some((line) => line.includes('The token is not one of the enrolled agent')))
})
