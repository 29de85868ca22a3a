import type { RequestListener } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { parseKeySet } from '../../../../lambdas/clouds/network/discovery.ts'
import { getJson } from '../../../../lambdas/clouds/network/get-json.ts'
import { StepError } from '../../../../lambdas/errors/step-errors.ts'
import { type Internet, startInternet } from '../../../support/internet.ts'
import { bytes, dripping, flood, openConnections } from '../../../support/raw-answers.ts'

const url = 'https://issuer.example/keys'
const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
let internet: Internet
let answer: RequestListener

beforeAll(async () => {
  internet = await startInternet()
  await internet.host('issuer.example', (request, response) => answer(request, response))
})
afterAll(() => internet.end())
afterEach(() => vi.waitFor(() => expect(openConnections()).toBe(0)))

async function errorOf(promise: Promise<unknown>): Promise<StepError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (thrown instanceof StepError) return thrown
  throw new Error(`no error of ours: ${String(thrown)}`)
}

describe('a host that publishes documents', () => {
  test.each([
    ['a body in drops', dripping(`${head}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n')],
    ['a head in drops', dripping(head, 'x-drop: 1\r\n')],
    ['answers before the answer', dripping('', 'HTTP/1.1 103 Early Hints\r\n\r\n')],
    ['nothing', dripping('', '')],
    ['a head without an end', flood(head, `x-${'x'.repeat(1000)}: 1\r\n`)],
    [
      'trailers without an end',
      flood(`${head}transfer-encoding: chunked\r\n\r\n0\r\n`, `x-${'x'.repeat(1000)}: 1\r\n`),
    ],
    ['an extension of a chunk without an end', flood(`${head}transfer-encoding: chunked\r\n\r\n1;`, 'x'.repeat(1000))],
    ['answers before the answer without an end', flood('', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100))],
    [
      'another protocol',
      bytes('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: planted-text\r\n\r\n'),
    ],
    ['no HTTP', bytes('planted-text\r\n\r\n')],
    ['two lengths', bytes(`${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{} `)],
    ['a length and chunks', bytes(`${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`)],
    ['a length that it does not keep', bytes(`${head}content-length: 100\r\n\r\n{"planted-text":`)],
    ['chunks that it does not end', bytes(`${head}transfer-encoding: chunked\r\n\r\n10\r\n{"planted-text`)],
    ['NUL in the head', bytes(`${head}x: \0planted-text\r\n\r\n{}`)],
    ['no head', bytes('')],
  ])('is given up, and asked again later, when it sends %s', async (_, listener) => {
    answer = listener
    const error = await errorOf(getJson(url, { maxBytes: 1000, timeoutMs: 500 }))

    expect(error).toMatchObject({ name: 'Unreachable', object: url, transient: true })
    expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain('planted-text')
  })

  test.each([
    ['a body in chunks', flood(`${head}transfer-encoding: chunked\r\n\r\n`, `3e8\r\n${' '.repeat(1000)}\r\n`)],
    ['a body', flood(`${head}\r\n`, ' '.repeat(1000))],
    ['a body that is announced', bytes(`${head}content-length: 99999999999\r\n\r\n${' '.repeat(2000)}`)],
  ])('is given up for good when it sends %s beyond the limit', async (_, listener) => {
    answer = listener

    expect(await errorOf(getJson(url, { maxBytes: 1000, timeoutMs: 5000 }))).toMatchObject({
      name: 'InvalidDiscovery',
      reason: expect.stringContaining('it is larger than 1000 bytes'),
    })
  })

  test('is told what is wrong with its document, however deep that nests', async () => {
    const depth = 100_000
    answer = (_, response) => response.end(`{"keys":${'['.repeat(depth)}${']'.repeat(depth)}}`)
    const document = await getJson(url, { maxBytes: 1_000_000, timeoutMs: 5000 })

    expect(() => parseKeySet(document, url)).toThrow('it is not a JSON Web Key Set')
  })
})
