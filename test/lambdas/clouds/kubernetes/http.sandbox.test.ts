import type { IncomingHttpHeaders, RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { dispatcherFor } from '../../../../lambdas/clouds/kubernetes/dispatcher.ts'
import { ObjectApi } from '../../../../lambdas/clouds/kubernetes/object-api.ts'
import { transportOf } from '../../../../lambdas/clouds/kubernetes/server-access.ts'
import { asStep } from '../../../../lambdas/current-step.ts'
import { type Internet, startInternet } from '../../../support/network/internet.ts'
import { bytes, dripping, flood, openConnections } from '../../../support/network/raw-answers.ts'

const token = 'very-secret-token'
const endpoint = 'API server of cluster odd'
const json = { 'content-type': 'application/json' }
let internet: Internet
let answer: RequestListener

beforeAll(async () => {
  internet = await startInternet()
  await internet.host('odd.example', (request, response) => answer(request, response))
})
afterAll(() => internet.end())

afterEach(() => vi.waitFor(() => expect(openConnections()).toBe(0)))

function read(timeoutMs = 10_000): Promise<unknown> {
  const credentials = { server: 'https://odd.example', ca: internet.authority.caPem, token }
  const access = { endpoint, token, timeoutMs, signal: undefined }
  const dispatcher = dispatcherFor(credentials, { kind: 'cluster' })
  return new ObjectApi({
    cluster: 'odd',
    server: credentials.server,
    ...access,
    transport: transportOf(dispatcher),
  }).readPath('/version')
}

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'

describe('the transport to an API server', () => {
  test('requests no compression, and sends only the necessary headers', async () => {
    let headers: IncomingHttpHeaders = {}
    answer = (request, response) => {
      headers = request.headers
      response.writeHead(200, json).end('{"a":1}')
    }

    expect(await read()).toEqual({ a: 1 })
    expect(headers).toEqual({
      host: 'odd.example',
      connection: 'keep-alive',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'workload-identity/unreleased',
      authorization: `Bearer ${token}`,
    })
  })

  test('names the function and the step in the user agent, for the audit log of the cluster', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'Stack-BindKsa0AF00000-1A')
    let agent: string | undefined
    answer = (request, response) => {
      agent = request.headers['user-agent']
      response.writeHead(200, json).end('{}')
    }

    await read()
    expect(agent).toBe('workload-identity/unreleased (Stack-BindKsa0AF00000-1A)')
    await asStep('UnbindKsa', read)
    vi.unstubAllEnvs()
    expect(agent).toBe('workload-identity/unreleased (Stack-BindKsa0AF00000-1A) app/UnbindKsa')
  })

  test.each(['gzip', 'br', 'deflate', 'GZIP', 'identity, gzip', 'unknown'])(
    'refuses a compressed response: %s',
    async (coding) => {
      const compressed = gzipSync(JSON.stringify({ a: ' '.repeat(10_000_000) }))
      answer = (_, response) => response.writeHead(200, { ...json, 'content-encoding': coding }).end(compressed)
      const before = process.memoryUsage().arrayBuffers

      await expect(read()).rejects.toMatchObject({
        name: 'Unreachable',
        object: endpoint,
        reason: 'it answers with compression, which was not requested',
      })
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
    },
  )

  test.each([
    ['compressed', flood(`${head}content-encoding: gzip\r\n\r\n`, '\0'.repeat(65_536)), 'Unreachable'],
    ['redirects', flood('HTTP/1.1 307 Elsewhere\r\nlocation: /elsewhere\r\n\r\n', ' '.repeat(65_536)), 'UnsafeAddress'],
  ])('stops reading a response that it refuses because of its head: %s', async (_, listener, name) => {
    answer = listener

    await expect(read()).rejects.toMatchObject({ name })
  })

  test('accepts a response with the encoding identity', async () => {
    answer = (_, response) => response.writeHead(200, { ...json, 'content-encoding': 'identity' }).end('{"a":1}')

    expect(await read()).toEqual({ a: 1 })
  })

  test.each([
    ['a body', dripping(`${head}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n')],
    ['a head', dripping(head, 'x-drop: 1\r\n')],
    ['a status', dripping('HTTP/1.1 200 ', 'O')],
    ['informational responses', dripping('', 'HTTP/1.1 103 Early Hints\r\n\r\n')],
    ['nothing', dripping('', '')],
  ])('gives up on %s that arrives byte by byte', async (_, listener) => {
    answer = listener

    await expect(read(300)).rejects.toMatchObject({
      ...{ name: 'Unreachable', object: endpoint },
      reason: 'no complete answer within 0.3 s',
    })
  })

  test.each([
    ['a body in chunks', flood(`${head}transfer-encoding: chunked\r\n\r\n`, `10000\r\n${' '.repeat(65_536)}\r\n`)],
    ['a body', flood(`${head}\r\n`, ' '.repeat(65_536))],
  ])('stops reading %s at 16 MiB', async (_, listener) => {
    answer = listener

    await expect(read()).rejects.toMatchObject({
      name: 'Unreachable',
      object: endpoint,
      reason: 'its answer is larger than the limit of 16 MiB',
    })
  })

  test.each([
    ['a head', flood(head, `x-${'x'.repeat(1000)}: 1\r\n`)],
    ['trailers', flood(`${head}transfer-encoding: chunked\r\n\r\n0\r\n`, `x-${'x'.repeat(1000)}: 1\r\n`)],
    ['an extension of a chunk', flood(`${head}transfer-encoding: chunked\r\n\r\n1;`, 'x'.repeat(1000))],
    ['informational responses', flood('', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100))],
  ])('gives up on %s without an end', async (_, listener) => {
    answer = listener

    await expect(read(1000)).rejects.toMatchObject({ name: 'Unreachable', object: endpoint })
  })

  test.each([
    ['lists', '[],'.repeat(600_000)],
    ['objects', '{},'.repeat(600_000)],
    ['depth', `${'['.repeat(300)}${']'.repeat(300)},`],
    ['depth without an end', '{"a":'.repeat(300)],
  ])('does not parse a response with too many containers: %s', async (_, inside) => {
    answer = (_request, response) => response.writeHead(200, json).end(`[${inside}0]`)

    await expect(read()).rejects.toMatchObject({ name: 'Unreachable', reason: expect.stringContaining('500000 lists') })
  })

  test.each([
    ['as it is', 200, token],
    ['in an error', 500, token],
    ['escaped', 403, [...token].map((character) => `\\u00${character.charCodeAt(0).toString(16)}`).join('')],
    ['partly escaped', 409, token.replace('-', '\\u002D')],
  ])('does not pass on a response that repeats the token %s', async (_, status, repeated) => {
    answer = (_request, response) => {
      response.writeHead(status, json).end(`{"kind":"Status","message":"no access with Bearer ${repeated}"}`)
    }
    const failure = read()

    await expect(failure).rejects.toMatchObject({ reason: 'its answer repeats the token that it was sent' })
    await failure.catch(({ message, stack, cause }) => expect(`${message} ${stack} ${cause}`).not.toContain(token))
  })

  test.each([301, 302, 303, 304, 307, 308])(
    'does not follow a redirect with status %i to the same host',
    async (status) => {
      let requests = 0
      answer = (_, response) => {
        requests += 1
        response.writeHead(status, { location: '/elsewhere' }).end()
      }

      await expect(read()).rejects.toMatchObject({ name: 'UnsafeAddress', object: endpoint })
      expect(requests).toBe(1)
    },
  )

  test.each([
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'],
    ['no HTTP', `${token}\r\n\r\n`],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['two lengths', `${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{} `],
    ['a length below zero', `${head}content-length: -1\r\n\r\n{}`],
    ['a length and chunks', `${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`],
    ['fewer bytes than its length', `${head}content-length: 10\r\n\r\n{}`],
    ['chunks without an end', `${head}transfer-encoding: chunked\r\n\r\n2\r\n{}`],
    ['NUL in the head', `${head}x: \0${token}\r\n\r\n{}`],
    ['no head', ''],
  ])('gives up on a server that answers with %s', async (_, text) => {
    answer = bytes(text)
    const failure = read()

    await expect(failure).rejects.toMatchObject({ name: 'Unreachable', object: endpoint, transient: true })
    await failure.catch(({ message, stack, cause }) => expect(`${message} ${stack} ${cause}`).not.toContain(token))
  })
})
