import type { IncomingHttpHeaders, RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { parseKeySet } from '../../../../lambdas/clouds/network/discovery.ts'
import { getJson } from '../../../../lambdas/clouds/network/get-json.ts'
import {
  CloudUnavailable,
  InvalidDiscovery,
  Unreachable,
  UnsafeAddress,
  UntrustedCertificate,
} from '../../../../lambdas/errors/step-errors.ts'
import { type Internet, startInternet } from '../../../support/network/internet.ts'
import { bytes, dripping, flood, openConnections } from '../../../support/network/raw-answers.ts'

const limits = { maxBytes: 1000, timeoutMs: 5000 }
let internet: Internet
let answer: RequestListener

beforeAll(async () => {
  internet = await startInternet()
  await internet.host('issuer.example', (request, response) => answer(request, response))
})
afterAll(() => internet.end())
afterEach(() => vi.waitFor(() => expect(openConnections()).toBe(0)))

const url = 'https://issuer.example/.well-known/openid-configuration'
const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Error)) throw new Error('it did not fail')
  return error
}

describe('getJson', () => {
  test('returns the document, with a request without credentials', async () => {
    let headers: IncomingHttpHeaders = {}
    answer = (request, response) => {
      headers = request.headers
      response.end('{"a":1}')
    }

    expect(await getJson(url, limits)).toEqual({ a: 1 })
    expect(headers).toEqual({
      accept: 'application/json',
      'accept-encoding': 'identity',
      connection: expect.any(String),
      host: 'issuer.example',
    })
  })

  test.each([301, 302, 303, 307, 308])('does not follow a redirect with status %i', async (status) => {
    let requests = 0
    answer = (_request, response) => {
      requests += 1
      response.writeHead(status, { location: url }).end()
    }
    const error = await failureOf(getJson(url, limits))

    expect(error).toBeInstanceOf(InvalidDiscovery)
    expect(error.message).toContain(`redirects (status ${status})`)
    expect(requests).toBe(1)
  })

  test.each([204, 401, 403, 404])('says that the public gets status %i', async (status) => {
    answer = (_request, response) => response.writeHead(status).end()
    const error = await failureOf(getJson(url, limits))

    expect(error).toBeInstanceOf(Unreachable)
    expect(error.message).toContain(`${url}: it answers ${status} to the public`)
    expect(error.message.includes('organisation policy')).toBe(status === 401 || status === 403)
  })

  test.each([408, 429, 500, 503])(
    'reports for status %i that the host is unavailable, and not that the document is wrong',
    async (status) => {
      answer = (_request, response) => response.writeHead(status).end()
      const error = await failureOf(getJson(url, limits))

      expect(error).toBeInstanceOf(CloudUnavailable)
      expect(error.message).toContain(`${url}: its host could not serve it just now (status ${status})`)
    },
  )

  test('refuses a compressed response, whose body could be larger than the limit', async () => {
    const compressed = gzipSync(JSON.stringify({ a: ' '.repeat(100_000) }))
    answer = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(compressed)
    const error = await failureOf(getJson(url, limits))

    expect(compressed.length).toBeLessThan(limits.maxBytes)
    expect(error).toBeInstanceOf(InvalidDiscovery)
    expect(error.message).toContain('it is compressed, although the request accepts no compression')
  })

  test.each(['', '{"issuer": "https://planted-text', '{"keys":[{"kty":"RSA"},'])(
    'fails with a transient error when a document without a length ends too early: %j',
    async (body) => {
      answer = (_request, response) => {
        response.socket?.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${body}`)
      }
      const error = await failureOf(getJson(url, limits))

      expect(error).toBeInstanceOf(Unreachable)
      expect(error.message).toContain(`${url}: the document ends before its JSON is complete`)
      expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain('planted-text')
    },
  )

  test.each(['<html>planted-text</html>', '"planted-text"]', '{"a":1}}', 'planted-text: {'])(
    'fails with a permanent error when a complete document is wrong, and does not repeat it: %j',
    async (body) => {
      answer = (_request, response) => response.end(body)
      const error = await failureOf(getJson(url, limits))

      expect(error).toBeInstanceOf(InvalidDiscovery)
      expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain('planted-text')
    },
  )

  test('refuses a host with an invalid certificate', async () => {
    const host = await internet.host('untrusted.example', (_request, response) => response.end('{}'))
    host.present(await internet.authority.issue(['untrusted.example'], { untrusted: true }))
    expect(await failureOf(getJson('https://untrusted.example/', limits))).toBeInstanceOf(UntrustedCertificate)

    host.present(await internet.authority.issue(['other.example']))
    expect(await failureOf(getJson('https://untrusted.example/', limits))).toBeInstanceOf(UntrustedCertificate)
  })

  test('reads neither http nor an address of an internal network', async () => {
    expect(await failureOf(getJson('http://issuer.example/', limits))).toBeInstanceOf(InvalidDiscovery)
    expect(await failureOf(getJson('https://10.0.0.1/', limits))).toBeInstanceOf(UnsafeAddress)
    expect(await failureOf(getJson('https://169.254.169.254/', limits))).toBeInstanceOf(UnsafeAddress)
    expect(await failureOf(getJson('https://[::ffff:127.0.0.1]/', limits))).toBeInstanceOf(UnsafeAddress)
  })
})

describe('a host that publishes documents', () => {
  test('is given up when its body arrives byte by byte, and the error has the time limit', async () => {
    answer = dripping(`${head}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n')
    const error = await failureOf(getJson(url, { maxBytes: 1000, timeoutMs: 200 }))

    expect(error).toBeInstanceOf(Unreachable)
    expect(error.message).toContain('no complete answer within 0.2 s')
  })

  test.each([
    ['a head byte by byte', dripping(head, 'x-drop: 1\r\n')],
    ['informational responses', dripping('', 'HTTP/1.1 103 Early Hints\r\n\r\n')],
    ['nothing', dripping('', '')],
    ['a head without an end', flood(head, `x-${'x'.repeat(1000)}: 1\r\n`)],
    [
      'trailers without an end',
      flood(`${head}transfer-encoding: chunked\r\n\r\n0\r\n`, `x-${'x'.repeat(1000)}: 1\r\n`),
    ],
    ['an extension of a chunk without an end', flood(`${head}transfer-encoding: chunked\r\n\r\n1;`, 'x'.repeat(1000))],
    ['informational responses without an end', flood('', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100))],
    [
      'another protocol',
      bytes('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: planted-text\r\n\r\n'),
    ],
    ['no HTTP', bytes('planted-text\r\n\r\n')],
    ['two lengths', bytes(`${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{} `)],
    ['a length and chunks', bytes(`${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`)],
    ['fewer bytes than its length', bytes(`${head}content-length: 100\r\n\r\n{"planted-text":`)],
    ['chunks without an end', bytes(`${head}transfer-encoding: chunked\r\n\r\n10\r\n{"planted-text`)],
    ['NUL in the head', bytes(`${head}x: \0planted-text\r\n\r\n{}`)],
    ['no head', bytes('')],
  ])('is given up with a transient error when it sends %s', async (_, listener) => {
    answer = listener
    const error = await failureOf(getJson(url, { maxBytes: 1000, timeoutMs: 500 }))

    expect(error).toMatchObject({ name: 'Unreachable', object: url, transient: true })
    expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain('planted-text')
  })

  test.each([
    ['a body in chunks', flood(`${head}transfer-encoding: chunked\r\n\r\n`, `3e8\r\n${' '.repeat(1000)}\r\n`)],
    ['a body', flood(`${head}\r\n`, ' '.repeat(1000))],
    ['a body with its length', bytes(`${head}content-length: 99999999999\r\n\r\n${' '.repeat(2000)}`)],
  ])('is given up with a permanent error when it sends %s beyond the limit', async (_, listener) => {
    answer = listener

    expect(await failureOf(getJson(url, limits))).toMatchObject({
      name: 'InvalidDiscovery',
      reason: expect.stringContaining('it is larger than 1000 bytes'),
    })
  })

  test('has its wrong document reported, however deeply that nests', async () => {
    const depth = 100_000
    answer = (_, response) => response.end(`{"keys":${'['.repeat(depth)}${']'.repeat(depth)}}`)
    const document = await getJson(url, { maxBytes: 1_000_000, timeoutMs: 5000 })

    expect(() => parseKeySet(document, url)).toThrow('it is not a JSON Web Key Set')
  })
})
