import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterEach, expect, test, vi } from 'vitest'
import { apiClient } from '../../../cli/api/client.ts'
import { follow } from '../../../cli/operation/follow.ts'
import { answerOf } from '../../../client/answer.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { operationWith } from '../support/operations.ts'

let close = async (): Promise<void> => {}
afterEach(() => close())

/** An API that answers each request as told, in turn; the last one goes on. */
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

test('a request whose answer is lost is sent again with the same key, so that it starts one operation', async () => {
  const { api, requests } = await apiOf(lost, answering(202, operationWith()))
  expect((await answerOf(api.POST('/v1/rotations', { body: {} }))).status).toBe('running')
  const keys = requests.map(({ headers }) => headers['idempotency-key'])
  expect(keys).toHaveLength(2)
  expect(new Set(keys).size).toBe(1)
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
})

test('where nothing listens on this machine, the sandbox does not run', async () => {
  const { api } = await apiOf()
  await close()
  close = async () => {}
  await expect(answerOf(api.GET('/v1/clusters'))).rejects.toMatchObject({
    name: 'ApiFailed',
    message: expect.stringMatching(/^The sandbox at .* does not run: nothing listens there\. "npm start"/),
  })
})

test('a throttled request is sent again with the same key', async () => {
  const throttled = answering(429, { message: 'Too Many Requests' })
  const { api, requests } = await apiOf(throttled, throttled, answering(202, operationWith()))
  expect((await answerOf(api.POST('/v1/rotations', { body: {} }))).status).toBe('running')
  expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  expect(requests).toHaveLength(3)
})

test('a 429 that says when to come back is not sent again at once', async () => {
  const problem = { type: 'urn:x', title: 'Too many operations', status: 429 }
  const { api, requests } = await apiOf((_, response) =>
    response
      .writeHead(429, { 'content-type': 'application/problem+json', 'retry-after': '30' })
      .end(JSON.stringify(problem)),
  )
  await expect(answerOf(api.POST('/v1/rotations', { body: {} }))).rejects.toMatchObject({ problem })
  expect(requests).toHaveLength(1)
})

test('two requests have two keys', async () => {
  const { api, requests } = await apiOf(answering(202, operationWith()))
  for (let count = 0; count < 2; count++) await answerOf(api.POST('/v1/rotations', { body: {} }))
  expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(2)
})

test('a cancel is sent once: its answer would differ', async () => {
  const { api, requests } = await apiOf(lost)
  const params = { path: { operationId: 'a' } }
  await expect(answerOf(api.POST('/v1/operations/{operationId}/cancel', { params }))).rejects.toThrow('does not answer')
  expect(requests).toHaveLength(1)
})

test('a refusal has all faults, and how to watch what is in its way', async () => {
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

test('a refusal because the spec has another generation ends with a code of its own', async () => {
  const problem = { type: 'urn:x', title: 'The spec has another generation', status: 412 }
  const { api } = await apiOf(answering(412, problem, 'application/problem+json'))
  await expect(answerOf(api.POST('/v1/rotations', { body: {} }))).rejects.toMatchObject({ exitCode: 6 })
})

test('a refusal of API Gateway says that the caller was refused, and what to do', async () => {
  const { api } = await apiOf(answering(403, { message: 'Forbidden' }))
  await expect(answerOf(api.GET('/v1/clusters'))).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('has refused the caller (403)'),
  })
})

test('an answer that is no answer of the API ends with 1', async () => {
  const { api } = await apiOf(answering(502, {}))
  await expect(answerOf(api.GET('/v1/clusters'))).rejects.toMatchObject({ exitCode: 1, name: 'ApiFailed' })
})

test('an operation is followed although the API is away for a moment', async () => {
  const ended = operationWith({ status: 'succeeded', endedAt: '2026-11-25T10:00:01.000Z' })
  const { api } = await apiOf(answering(200, operationWith()), lost, answering(503, {}), answering(200, ended))
  const shown: string[] = []
  const watcher = { show: ({ status }: { readonly status: string }) => shown.push(status), stop: () => {} }
  const { signal } = new AbortController()
  expect(await follow(api, 'a', { watcher, intervalMs: 1, signal })).toEqual(ended)
  expect(shown).toEqual(['running', 'succeeded'])
})

test('an operation that has run for minutes is followed although the API is away for a moment', async () => {
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
