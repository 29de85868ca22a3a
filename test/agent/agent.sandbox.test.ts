import { randomBytes } from 'node:crypto'
import { createServer } from 'node:https'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createAgentKeys } from '../../lambdas/agent/sealing.ts'
import { createClusterAuthority } from '../../sandbox/kubernetes/certificates.ts'
import type { Cluster } from '../../sandbox/kubernetes/clusters/cluster.ts'
import { madeMetadata } from '../../sandbox/kubernetes/controllers/writes.ts'
import { closeServer, freePort, listenOnFreePort } from '../../sandbox/network/listen.ts'
import {
  capturedLog,
  messagesIn,
  probe,
  type System,
  startCluster,
  systemOf,
  tokenFor,
} from '../support/agent/system.ts'
import { until } from '../support/kubernetes/api-requests.ts'

let cluster: Cluster
let system: System
let lines: string[]

beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(() => cluster.close())
beforeEach(async () => {
  lines = capturedLog()
  cluster.calls.clear()
  system = await systemOf(cluster)
})
afterEach(async () => {
  await system.end()
  vi.restoreAllMocks()
})

const path = '/api/v1/namespaces/default/configmaps'
const configMap = (name: string, value: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { value },
})
const put = (name: string, value: string) =>
  cluster.store.put({ ...configMap(name, value), metadata: madeMetadata(name, 'default') })
const bodyOf = (answer: object) => JSON.parse('body' in answer ? String(answer.body) : '{}')

test('the agent relays a read with the token of its own service account', async () => {
  put('settings', 'a')
  await system.start()
  const answer = await system.deployment.relay({
    method: 'GET',
    path: `${path}/settings`,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${cluster.adminToken}`,
      'user-agent': 'deployment/1',
    },
  })
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } })
  expect(bodyOf(answer)).toMatchObject({ kind: 'ConfigMap', data: { value: 'a' } })
  expect(cluster.calls.all().at(-1)).toMatchObject({
    actor: 'system:serviceaccount:workload-identity:agent',
    operation: `GET ${path}/settings`,
    agent: 'deployment/1',
  })
})

test('the agent relays a server-side apply', async () => {
  await system.start()
  const answer = await system.deployment.relay({
    method: 'PATCH',
    path: `${path}/applied?fieldManager=workload-identity&force=true`,
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: JSON.stringify(configMap('applied', 'ä')),
  })
  expect(answer).toMatchObject({ status: 201 })
  expect(cluster.store.get('ConfigMap', 'applied', 'default')?.data).toEqual({ value: 'ä' })
})

test('the agent returns the refusal of a request for which its service account has no right', async () => {
  await system.start()
  const answer = await system.deployment.get('/api/v1/namespaces/prod/secrets/a')
  expect(answer).toMatchObject({ status: 403 })
  expect(bodyOf(answer).message).toContain('system:serviceaccount:workload-identity:agent')
})

test('a header of the deployment cannot impersonate another user', async () => {
  const admin = cluster.adminToken
  await system.files.write('token', admin)
  await system.start()
  const headers = { 'impersonate-user': 'system:serviceaccount:workload-identity:agent' }
  const answer = await system.deployment.relay({ method: 'GET', path: '/api/v1/secrets', headers })
  expect(answer).toMatchObject({ status: 200 })
})

test.each([
  ['a path that the guard refuses', JSON.stringify({ method: 'GET', path: '/metrics', headers: {} })],
  ['an unknown method', JSON.stringify({ method: 'OPTIONS', path: '/version', headers: {} })],
  ['no JSON', 'GET /version'],
])('a request with %s gets the status 403 of the agent, and the API server does not get it', async (_, text) => {
  await system.start()
  await until(() => cluster.calls.all().length > 0)
  cluster.calls.clear()
  const answer = await system.deployment.relayText(text)
  expect(answer).toMatchObject({ status: 403, headers: { 'content-type': 'application/json' } })
  expect(bodyOf(answer)).toMatchObject({
    kind: 'Status',
    reason: 'Forbidden',
    message: 'the agent does not relay this request',
  })
  expect(cluster.calls.all()).toEqual([])
})

test('the agent returns an answer of 2 MiB that compresses', async () => {
  put('long', 'x'.repeat(2 * 1024 * 1024))
  await system.start()
  const answer = await system.deployment.get(`${path}/long`)
  expect(bodyOf(answer).data.value).toHaveLength(2 * 1024 * 1024)
})

test.each([
  ['that does not fit into a message', () => randomBytes(400_000).toString('base64')],
  ['of more than 16 MiB', () => 'x'.repeat(16 * 1024 * 1024)],
])('an answer %s is reported as too large', async (_, value) => {
  put('large', value())
  await system.start()
  expect(await system.deployment.get(`${path}/large`)).toEqual({ failure: 'too-large' })
})

test('many long answers at once all arrive', async () => {
  put('long', 'x'.repeat(1024 * 1024))
  await system.start()
  const answers = await Promise.all(Array.from({ length: 8 }, () => system.deployment.get(`${path}/long`)))
  expect(answers.map((answer) => bodyOf(answer).data.value.length)).toEqual(Array(8).fill(1024 * 1024))
})

test('more than 50 requests at once all get an answer', async () => {
  put('settings', 'a')
  await system.start()
  const answers = Array.from({ length: 120 }, () => system.deployment.get(`${path}/settings`))
  for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ status: 200 })
  for (const { working } of system.deployment.calls) expect(working.length).toBeLessThan(50)
})

test('an API server that cannot be reached is reported with the code of the error', async () => {
  const apiServer = `https://127.0.0.1:${await freePort()}`
  await system.start({ configuration: { apiServer } })
  expect(await system.deployment.get('/version')).toEqual({ failure: 'unreachable', code: 'ECONNREFUSED' })
})

test('an API server whose certificate is not from ca.crt gets no token', async () => {
  await system.files.write('ca.crt', (await createClusterAuthority()).caPem)
  await system.start()
  const answer = await system.deployment.get('/version')
  expect(answer).toEqual({ failure: 'untrusted', code: expect.stringMatching(/CERT|SIGNATURE|SELF/) })
  expect(cluster.calls.all()).toEqual([])
})

test('an API of the deployment whose certificate is not trusted gets no token', async () => {
  const { key, certificate } = await (await createClusterAuthority()).issueServer(['127.0.0.1'])
  let received = 0
  const server = createServer({ key, cert: certificate }, (_, response) => {
    received += 1
    response.end()
  })
  await system.start({ configuration: { apiUrl: `https://127.0.0.1:${await listenOnFreePort(server)}` } })
  await until(() => lines.some((line) => /cannot be reached.*(CERT|SIGNATURE|SELF)/.test(line)))
  expect(received).toBe(0)
  await closeServer(server)
})

test('the agent trusts a new certificate authority in ca.crt without a restart', async () => {
  await system.files.write('ca.crt', (await createClusterAuthority()).caPem)
  await system.start()
  expect(await system.deployment.get('/version')).toMatchObject({ failure: 'untrusted' })
  await system.files.write('ca.crt', cluster.caPem)
  await until(() => system.deployment.calls.at(-1)?.facts.authorities === cluster.caPem)
  expect(await system.deployment.get('/version')).toMatchObject({ status: 200 })
})

test('the agent makes no call without a certificate in ca.crt, and continues when it has one', async () => {
  await system.files.write('ca.crt', '')
  await system.start()
  await until(() => messagesIn(lines).includes('The agent cannot call for work'))
  expect(system.deployment.calls).toEqual([])
  await system.files.write('ca.crt', cluster.caPem)
  expect(await system.deployment.get('/version')).toMatchObject({ status: 200 })
})

test('a response that does not end in time is reported as too late', async () => {
  const authority = await createClusterAuthority()
  const { key, certificate } = await authority.issueServer(['127.0.0.1'])
  const server = createServer({ key, cert: certificate }, (_, response) => void response.write('{'))
  const apiServer = `https://127.0.0.1:${await listenOnFreePort(server)}`
  await system.files.write('ca.crt', authority.caPem)
  await system.start({ configuration: { apiServer }, times: { relayMs: 100 } })
  expect(await system.deployment.get('/version')).toEqual({ failure: 'too-late' })
  await closeServer(server)
})

test('a response that repeats the token of the agent is not returned', async () => {
  const authority = await createClusterAuthority()
  const { key, certificate } = await authority.issueServer(['127.0.0.1'])
  const server = createServer({ key, cert: certificate }, ({ headers }, response) => {
    response.end(JSON.stringify({ message: `not for ${headers.authorization}` }))
  })
  const apiServer = `https://127.0.0.1:${await listenOnFreePort(server)}`
  await system.files.write('ca.crt', authority.caPem)
  await system.start({ configuration: { apiServer } })
  expect(await system.deployment.get('/version')).toEqual({ failure: 'repeats-token' })
  await closeServer(server)
})

test('a pod that opens many connections to the health port takes no more memory, and keeps probes away for 3 s', async () => {
  const agent = await system.start()
  await system.deployment.get('/version')
  const port = Number(new URL(agent.healthUrl).port)
  const sockets = Array.from({ length: 300 }, () => connect(port, '127.0.0.1').on('error', () => undefined))
  const open = () => sockets.filter(({ destroyed, pending }) => !destroyed && !pending).length
  await until(() => sockets.filter(({ destroyed }) => destroyed).length >= 200)
  expect(open()).toBeLessThanOrEqual(100)
  await vi.waitFor(() => probe(agent, '/readyz'), { timeout: 5000, interval: 200 })
  for (const socket of sockets) socket.destroy()
})

test('a redirect is returned, and not followed', async () => {
  const authority = await createClusterAuthority()
  const { key, certificate } = await authority.issueServer(['127.0.0.1'])
  const headers = { location: `https://127.0.0.1:${cluster.port}/version`, 'retry-after': '3', 'set-cookie': 'a=b' }
  const server = createServer({ key, cert: certificate }, (_, response) => void response.writeHead(307, headers).end())
  const apiServer = `https://127.0.0.1:${await listenOnFreePort(server)}`
  await system.files.write('ca.crt', authority.caPem)
  await system.start({ configuration: { apiServer } })
  const answer = await system.deployment.get('/version')
  expect(answer).toEqual({ status: 307, headers: { 'retry-after': '3' }, body: '' })
  await closeServer(server)
})

test('a request that the deployment repeats is relayed once', async () => {
  system.deployment.repeats = true
  await system.start()
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'once-' } })
  const headers = { 'content-type': 'application/json' }
  expect(await system.deployment.relay({ method: 'POST', path, headers, body })).toMatchObject({ status: 201 })
  const { length } = system.deployment.calls
  await until(() => system.deployment.calls.length > length + 5)
  expect(cluster.calls.all().filter(({ operation }) => operation === `POST ${path}`)).toHaveLength(1)
  expect(system.deployment.answers).toBe(1)
})

test('a request that a network has delayed beyond the wait of its function is not relayed', async () => {
  Object.assign(system.deployment, { seconds: 0.05, delayMs: 100 })
  await system.start()
  void system.deployment.get('/version')
  await until(() => system.deployment.calls.length > 3)
  expect(cluster.calls.all().map(({ operation }) => operation)).not.toContain('GET /version')
})

test('an API server that hangs delays no call, and a request to it ends when its function stops waiting', async () => {
  const authority = await createClusterAuthority()
  const { key, certificate } = await authority.issueServer(['127.0.0.1'])
  const keySet = JSON.stringify(await cluster.signer.keySet())
  let requests = 0
  // Only the first request, for the key set, gets an answer.
  const server = createServer({ key, cert: certificate }, (_, response) => {
    requests += 1
    if (requests === 1) response.end(keySet)
  })
  await system.files.write('ca.crt', authority.caPem)
  const apiServer = `https://127.0.0.1:${await listenOnFreePort(server)}`
  system.deployment.seconds = 0.5
  await system.start({ configuration: { apiServer }, times: { keySetMs: 0 } })
  await until(() => system.deployment.calls.length > 5)
  expect(await system.deployment.get('/version')).toEqual({ failure: 'too-late' })
  expect(requests).toBe(3)
  server.closeAllConnections()
  await closeServer(server)
})

test('a request that is sealed for another agent is ignored, and logged once', async () => {
  await system.start()
  const { publicKey } = await createAgentKeys()
  void system.deployment.relay({ method: 'GET', path: '/version', headers: {} }, publicKey)
  await until(() => system.deployment.calls.length > 5)
  expect(system.deployment.answers).toBe(0)
  expect(messagesIn(lines).filter((message) => message.startsWith('The agent cannot open a request'))).toHaveLength(1)
})

test('each call has the facts, and only the first accepted one has the key set', async () => {
  system.deployment.workFaults.push(500)
  await system.start()
  await system.deployment.get('/version')
  await until(() => system.deployment.calls.length > 2)
  const [failed, first, second] = system.deployment.calls
  expect(first?.facts).toEqual({
    version: 'unreleased',
    server: `https://127.0.0.1:${cluster.port}`,
    authorities: cluster.caPem,
    publicKey: expect.any(String),
  })
  expect(second?.facts).toEqual(first?.facts)
  expect(failed?.keySet).toEqual(await cluster.signer.keySet())
  expect(first?.keySet).toEqual(failed?.keySet)
  expect(second).not.toHaveProperty('keySet')
  expect(system.deployment.received[0]?.headers['user-agent']).toBe('workload-identity-agent/unreleased')
})

test('after each read the key set is sent, also without a new key', async () => {
  await system.start({ times: { keySetMs: 100 } })
  await until(() => system.deployment.calls.filter(({ keySet }) => keySet).length > 2)
  expect(system.deployment.calls.some(({ keySet }) => !keySet)).toBe(true)
})

test('a new key of the API server is sent', async () => {
  await system.start({ times: { keySetMs: 0 } })
  await system.deployment.get('/version')
  const added = cluster.signer.addVerificationKey()
  await until(() => system.deployment.calls.at(-1)?.keySet?.keys.some(({ kid }) => kid === added))
})

test('the agent calls for work without a key set, and explains why the API server does not return it', async () => {
  await system.files.write('token', 'not-a-token')
  await system.start()
  await until(() => system.deployment.calls.length > 0)
  expect(system.deployment.calls[0]).not.toHaveProperty('keySet')
  expect(lines.join('')).toContain('bind the ClusterRole system:service-account-issuer-discovery')
})

test('a rotated token is used for the next call', async () => {
  await system.start()
  await system.deployment.get('/version')
  const token = await tokenFor(cluster, 'https://deployment.example/rotated')
  await system.files.write('identity', token)
  await until(() => system.deployment.received.at(-1)?.headers.authorization === `Bearer ${token}`)
})

test('without a token for the deployment, the agent makes no call, and continues when there is one', async () => {
  await system.files.write('identity', '')
  await system.start({ configuration: { tokenFile: `${system.files.path}/missing` } })
  await until(() => lines.some((line) => line.includes('check TOKEN_FILE')))
  expect(system.deployment.received).toEqual([])
})

test('an agent whose cluster is not enrolled enrols it with the code', async () => {
  system.deployment.isEnrolled = false
  await system.files.write('code', `${system.deployment.code}\n`)
  await system.start()
  expect(await system.deployment.get('/version')).toMatchObject({ status: 200 })
  expect(system.deployment.enrolments).toEqual([
    { code: system.deployment.code, keySet: await cluster.signer.keySet(), facts: system.deployment.calls[0]?.facts },
  ])
})

test('without a code, the agent logs the command that creates one, and uses the code when it is there', async () => {
  system.deployment.isEnrolled = false
  const agent = await system.start()
  await until(() => messagesIn(lines).some((message) => message.includes('run wid enroll prod')))
  expect(await probe(agent, '/readyz')).toMatchObject({ status: 503 })
  await system.files.write('code', system.deployment.code)
  expect(await system.deployment.get('/version')).toMatchObject({ status: 200 })
})

test('a refused code is sent again, because the token may be the reason, and another code enrols the cluster', async () => {
  system.deployment.isEnrolled = false
  await system.files.write('code', 'wrong')
  await system.start()
  await until(() => system.deployment.enrolments.length > 2)
  await system.files.write('code', system.deployment.code)
  expect(await system.deployment.get('/version')).toMatchObject({ status: 200 })
})

test.each([401, 403, 407, 409])(
  'after the refusal %s of an enrolment, which may be of a proxy, the agent sends the code again',
  async (status) => {
    system.deployment.isEnrolled = false
    system.deployment.enrolmentFaults.push(status, status)
    await system.files.write('code', system.deployment.code)
    await system.start()
    expect(await system.deployment.get('/version')).toMatchObject({ status: 200 })
    expect(system.deployment.enrolments).toHaveLength(3)
  },
)

test('a cluster whose enrolment was deleted is enrolled again by a new code, with its key set', async () => {
  await system.files.write('code', system.deployment.code)
  await system.start()
  await system.deployment.get('/version')
  system.deployment.isEnrolled = false
  expect(await system.deployment.get('/version')).toMatchObject({ status: 200 })
  const { received } = system.deployment
  const after = received.slice(received.findIndex(({ route }) => route === 'enrolment') + 1)
  expect(after.find(({ route }) => route === 'work')?.body).toHaveProperty('keySet')
})

test.each([429, 500, 503, 403, 'cut'] as const)(
  'after the fault %s of calls for work, the agent continues',
  async (fault) => {
    system.deployment.workFaults.push(fault, fault, fault)
    await system.start()
    expect(await system.deployment.get('/version')).toMatchObject({ status: 200 })
    expect(system.deployment.calls.length).toBeGreaterThanOrEqual(4)
  },
)

test.each([429, 500, 'cut'] as const)('after the fault %s, an answer is posted again', async (fault) => {
  system.deployment.answerFaults.push(fault, fault)
  await system.start()
  expect(await system.deployment.get('/version')).toMatchObject({ status: 200 })
  expect(system.deployment.answers).toBe(3)
})

test('an answer for which nobody waits any more is not posted again', async () => {
  system.deployment.answerFaults.push(404)
  await system.start()
  void system.deployment.get('/version')
  await until(() => lines.some((line) => line.includes('could not deliver an answer')))
  expect(system.deployment.answers).toBe(1)
})

test('an answer that the deployment does not accept in time is dropped', async () => {
  system.deployment.answerFaults.push(...Array(1000).fill(500))
  await system.start({ times: { answerMs: 100 } })
  void system.deployment.get('/version')
  await until(() => lines.some((line) => line.includes('could not deliver an answer')))
  const { answers } = system.deployment
  expect(answers).toBeGreaterThan(1)
})

test('a call that the deployment holds longer than the limit is repeated', async () => {
  system.deployment.holdMs = 60_000
  await system.start({ times: { callMs: 50 } })
  await until(() => system.deployment.calls.length > 2)
})

test('the agent is ready after an accepted call, and stays alive while the deployment cannot be reached', async () => {
  const agent = await system.start({ times: { healthyMs: 300 } })
  await system.deployment.get('/version')
  await until(async () => (await probe(agent, '/readyz')).status === 200)
  expect(await probe(agent, '/healthz')).toEqual({ status: 200, text: 'ok\n' })
  expect(await probe(agent, '/other')).toMatchObject({ status: 404 })
  system.deployment.workFaults.push(...Array(1000).fill('cut'))
  await until(async () => (await probe(agent, '/readyz')).status === 503)
  const { received } = system.deployment
  const before = Date.now()
  await until(() => Date.now() - before > 600)
  expect(received.length).toBeGreaterThan(3)
  expect(await probe(agent, '/healthz')).toMatchObject({ status: 200 })
})

test('the agent is not alive when its loop makes no progress', async () => {
  system.deployment.holdMs = 60_000
  const agent = await system.start({ times: { healthyMs: 300 } })
  await until(async () => (await probe(agent, '/healthz')).status === 503)
})

test('the metrics count calls, relayed requests and failures', async () => {
  system.deployment.workFaults.push(429)
  const agent = await system.start()
  await system.deployment.get('/version')
  await system.deployment.get('/api/v1/secrets')
  await system.deployment.get('/metrics')
  const { text } = await probe(agent, '/metrics')
  expect(text).toContain('workload_identity_agent_calls_total{route="work",result="429"} 1\n')
  expect(text).toContain('workload_identity_agent_calls_total{route="answer",result="204"} ')
  expect(text).toContain('workload_identity_agent_relayed_requests_total{method="GET",status="2xx"} 1\n')
  expect(text).toContain('workload_identity_agent_relayed_requests_total{method="GET",status="4xx"} 1\n')
  expect(text).toContain('workload_identity_agent_failures_total{kind="refused"} 1\n')
  expect(text).toMatch(/\nworkload_identity_agent_seconds_since_accepted_call \d+(\.\d+)?\n/)
})

/** Holds the next read of `settings` at the API server, from `reached` to `release`. */
function heldRead() {
  put('settings', 'a')
  const [reached, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const meanwhile = () => {
    reached.resolve()
    return held.promise
  }
  cluster.faults.interrupt({ operation: `GET ${path}/settings`, meanwhile, answer: 'sent' })
  return { reached: reached.promise, release: held.resolve, answer: system.deployment.get(`${path}/settings`) }
}

test('closing the agent waits for a running request, and posts its answer', async () => {
  const agent = await system.start()
  const { reached, release, answer } = heldRead()
  await reached
  const closed = agent.close()
  release()
  await closed
  expect(await answer).toMatchObject({ status: 200 })
})

test('closing the agent does not wait longer than its limit', async () => {
  const agent = await system.start({ times: { closeMs: 50 } })
  const { reached, release } = heldRead()
  await reached
  await agent.close()
  expect(system.deployment.answers).toBe(0)
  release()
})

test('each line of the log is JSON, and contains no token, no code and no body', async () => {
  put('settings', 'content-of-a-body')
  system.deployment.isEnrolled = false
  system.deployment.workFaults.push(500, 'cut')
  const identity = await tokenFor(cluster, 'https://deployment.example')
  const token = await tokenFor(cluster)
  await system.files.write('identity', identity)
  await system.files.write('token', token)
  await system.files.write('code', system.deployment.code)
  await system.start()
  const headers = { authorization: 'Bearer token-of-the-deployment' }
  await system.deployment.relay({ method: 'GET', path: `${path}/settings?labelSelector=a`, headers })
  await system.deployment.relay({ method: 'PUT', path: `${path}/settings`, headers, body: 'content-of-a-body' })
  await system.deployment.get('/metrics')
  const { sealed } = JSON.parse(JSON.stringify(system.deployment.received.at(-1)?.body ?? {}))
  for (const line of lines) {
    const parsed = JSON.parse(line)
    expect(Object.keys(parsed).slice(0, 3)).toEqual(['time', 'level', 'message'])
    expect(line.endsWith('\n')).toBe(true)
  }
  const secrets = [
    identity,
    token,
    system.deployment.code,
    'token-of-the-deployment',
    'content-of-a-body',
    'labelSelector',
  ]
  for (const secret of [...secrets, sealed]) expect(lines.join('')).not.toContain(secret)
  expect(messagesIn(lines)).toContain('The cluster is enrolled')
})
