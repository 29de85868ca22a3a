import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterEach, expect, test, vi } from 'vitest'
import { apiClient } from '../../../cli/api/client.ts'
import { follow } from '../../../cli/operation/follow.ts'
import { answerOf } from '../../../client/answer.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { operationWith } from '../support/operations.ts'

let close = async (): Promise<void> => {}
afterEach(() => close())

/** An API with these answers to consecutive requests. The last one is repeated. */
async function apiOf(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answers[Math.min(requests.length, answers.length) - 1]?.(request, response)
  })
  const port = await listenOnFreePort(server)
  close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { requests, api: apiClient({ url: `http://127.0.0.1:${port}` }) }
}

const lost = ({ socket }: IncomingMessage) => socket.destroy()
const answering =
  (status: number, body: object, type = 'application/json') =>
  (_: IncomingMessage, response: ServerResponse) =>
    response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body))

test('retries a request without a response with the same key, so that it starts one operation', async () => {
  const { api, requests } = await apiOf(lost, answering(202, operationWith()))
  expect((await answerOf(api.POST('/v1/rotations', { body: {} }))).status).toBe('running')
  const keys = requests.map(({ headers }) => headers['idempotency-key'])
  expect(keys).toHaveLength(2)
  expect(new Set(keys).size).toBe(1)
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
})

test('reports that the sandbox does not run when nothing listens on a local port', async () => {
  const { api } = await apiOf()
  await close()
  close = async () => {}
  await expect(answerOf(api.GET('/v1/clusters'))).rejects.toMatchObject({
    name: 'ApiFailed',
    message: expect.stringMatching(/^The sandbox at .* does not run: nothing listens there\. "npm start"/),
  })
})

test('retries a throttled request with the same key', async () => {
  const throttled = answering(429, { message: 'Too Many Requests' })
  const { api, requests } = await apiOf(throttled, throttled, answering(202, operationWith()))
  expect((await answerOf(api.POST('/v1/rotations', { body: {} }))).status).toBe('running')
  expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  expect(requests).toHaveLength(3)
})

test('names the command and its version as the user agent', async () => {
  const { api, requests } = await apiOf(answering(200, { clusters: [] }))
  await answerOf(api.GET('/v1/clusters'))
  expect(requests.map(({ headers }) => headers['user-agent'])).toEqual(['wid/unreleased'])
})

test('does not retry a 429 with a Retry-After at once', async () => {
  const problem = { type: 'urn:x', title: 'Too many operations', status: 429 }
  const { api, requests } = await apiOf((_, response) =>
    response
      .writeHead(429, { 'content-type': 'application/problem+json', 'retry-after': '30' })
      .end(JSON.stringify(problem)),
  )
  await expect(answerOf(api.POST('/v1/rotations', { body: {} }))).rejects.toMatchObject({ problem })
  expect(requests).toHaveLength(1)
})

test('two requests have different keys', async () => {
  const { api, requests } = await apiOf(answering(202, operationWith()))
  for (let count = 0; count < 2; count++) await answerOf(api.POST('/v1/rotations', { body: {} }))
  expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(2)
})

test('does not retry a cancel, because the second answer would differ', async () => {
  const { api, requests } = await apiOf(lost)
  const params = { path: { operationId: 'a' } }
  await expect(answerOf(api.POST('/v1/operations/{operationId}/cancel', { params }))).rejects.toThrow('does not answer')
  expect(requests).toHaveLength(1)
})

test('a refusal lists all faults, and the command that watches the conflicting operation', async () => {
  const problem = {
    type: 'urn:x',
    title: 'Another change is running',
    status: 409,
    detail: 'a setup',
    instance: '/v1/operations/op-1',
    issues: [{ path: 'cluster.name', pointer: '#/cluster/name', message: 'is wrong' }],
  }
  const { api } = await apiOf(answering(409, problem, 'application/problem+json'))
  await expect(answerOf(api.POST('/v1/rotations', { body: {} }))).rejects.toMatchObject({
    exitCode: 3,
    message: 'Another change is running: a setup\n  cluster.name is wrong\n  see: wid watch op-1',
  })
})

test('a refusal because of another generation has its own exit code', async () => {
  const problem = { type: 'urn:x', title: 'The spec has another generation', status: 412 }
  const { api } = await apiOf(answering(412, problem, 'application/problem+json'))
  await expect(answerOf(api.POST('/v1/rotations', { body: {} }))).rejects.toMatchObject({ exitCode: 6 })
})

test('a refusal by API Gateway says that the caller was refused, with a remedy', async () => {
  const { api } = await apiOf(answering(403, { message: 'Forbidden' }))
  await expect(answerOf(api.GET('/v1/clusters'))).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('has refused the caller (403)'),
  })
})

test('exits with 1 when the answer is not from the API', async () => {
  const { api } = await apiOf(answering(502, {}))
  await expect(answerOf(api.GET('/v1/clusters'))).rejects.toMatchObject({ exitCode: 1, name: 'ApiFailed' })
})

test.each([
  [204, undefined],
  [200, '0'],
])('exits with 1 when a proxy answers %i without a body', async (status, length) => {
  const { api } = await apiOf((_, response) =>
    response.writeHead(status, length === undefined ? {} : { 'content-length': length }).end(),
  )
  const failed = { name: 'ApiFailed', exitCode: 1, message: expect.stringContaining(`it answered ${status}`) }
  await expect(answerOf(api.GET('/v1/clusters'))).rejects.toMatchObject(failed)
})

test('follows an operation over a short outage of the API', async () => {
  const ended = operationWith({ status: 'succeeded', endedAt: '2026-11-25T10:00:01.000Z' })
  const { api } = await apiOf(answering(200, operationWith()), lost, answering(503, {}), answering(200, ended))
  const shown: string[] = []
  const watcher = { show: ({ status }: { readonly status: string }) => shown.push(status), stop: () => {} }
  const { signal } = new AbortController()
  expect(await follow(api, 'a', { watcher, intervalMs: 1, signal })).toEqual(ended)
  expect(shown).toEqual(['running', 'succeeded'])
})

test('follows an operation that has run for minutes over a short outage of the API', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    const ended = operationWith({ status: 'succeeded', endedAt: '2026-11-25T10:00:01.000Z' })
    const afterMinutes = (request: IncomingMessage, response: ServerResponse) => {
      vi.setSystemTime(Date.now() + 300_000)
      answering(200, operationWith())(request, response)
    }
    const { api } = await apiOf(
      answering(200, operationWith()),
      afterMinutes,
      answering(502, {}),
      answering(200, ended),
    )
    const watcher = { show: () => {}, stop: () => {} }
    const { signal } = new AbortController()
    expect(await follow(api, 'a', { watcher, intervalMs: 1, signal })).toEqual(ended)
  } finally {
    vi.useRealTimers()
  }
})
