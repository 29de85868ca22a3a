import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Gateway, startGateway } from '../../../sandbox/gateway/server.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'

const users = new Map([
  ['administrator', { accessKeyId: 'AKIDADMINISTRATOR', secretAccessKey: 'secret-of-the-administrator' }],
  ['viewer', { accessKeyId: 'AKIDVIEWER', secretAccessKey: 'secret-of-the-viewer' }],
])

/** @param time as in `20261128T183000Z` */
function dateOf(time: string): Date {
  return new Date(time.replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5'))
}

describe('the local port', () => {
  let api: Server
  let gateway: Gateway
  let received: { request: IncomingMessage; body: string }[]

  beforeAll(async () => {
    api = createServer(async (request, response) => {
      received.push({ request, body: await text(request) })
      response.writeHead(202, { location: '/v1/operations/1', 'content-type': 'application/json' }).end('{}')
    })
    const port = await listenOnFreePort(api)
    gateway = await startGateway({ port, host: `api.localhost:${port}`, region: 'eu-west-1', users }, { firstPort: 0 })
  })

  beforeEach(() => {
    received = []
  })

  afterAll(async () => {
    await gateway.close()
    await new Promise((resolve) => api.close(resolve))
  })

  it('signs a request for the first local user, and returns the response', async () => {
    const response = await fetch(`${gateway.url}/v1/setups?x=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
      body: '{"a":1}',
    })
    expect(response.status).toBe(202)
    expect(response.headers.get('location')).toBe('/v1/operations/1')
    const [passedOn] = received
    expect(passedOn?.request.url).toBe('/v1/setups?x=1')
    expect(passedOn?.request.headers.host).toMatch(/^api\.localhost:/)
    expect(passedOn?.request.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDADMINISTRATOR\/\d{8}\/eu-west-1\/execute-api\//,
    )
    expect(passedOn?.request.headers['idempotency-key']).toBe('k')
    expect(passedOn?.body).toBe('{"a":1}')
  })

  it('signs both values of a repeated parameter', async () => {
    await fetch(`${gateway.url}/v1/clusters?limit=2&limit=1`)
    const { authorization = '', ...headers } = received[0]?.request.headers ?? {}
    const [, names = ''] = /SignedHeaders=([^,]+)/.exec(authorization) ?? []
    const signed = names.split(';').map((name) => [name, String(headers[name])] as const)
    const signer = new SignatureV4({
      service: 'execute-api',
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIDADMINISTRATOR', secretAccessKey: 'secret-of-the-administrator' },
      sha256: Sha256,
    })
    const message = {
      method: 'GET',
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: '/v1/clusters',
      query: { limit: ['1', '2'] },
      headers: Object.fromEntries(signed),
    }
    const { headers: own } = await signer.sign(message, {
      signingDate: dateOf(String(headers['x-amz-date'])),
    })
    expect(authorization).toBe(own.authorization)
  })

  it('signs for the local user that a request names, and does not forward the name', async () => {
    const response = await fetch(`${gateway.url}/v1/clusters`, { headers: { 'x-local-user': 'viewer' } })
    expect(response.status).toBe(202)
    const [passedOn] = received
    expect(passedOn?.request.headers.authorization).toContain('Credential=AKIDVIEWER/')
    expect(passedOn?.request.headers).not.toHaveProperty('x-local-user')
  })

  it.each(['root', '', 'viewer, administrator', '__proto__'])(
    'refuses the unknown local user %j, and lists the known ones',
    async (name) => {
      const response = await fetch(`${gateway.url}/v1/clusters`, { headers: { 'x-local-user': name } })
      expect(response.status).toBe(400)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      expect(await response.json()).toEqual({
        status: 400,
        title: 'The gateway of the sandbox refused the request',
        detail:
          'the header x-local-user names no local user: give one of administrator, viewer, or omit the header to use administrator',
      })
      expect(received).toHaveLength(0)
    },
  )

  it('lists the local users, but not to pages of other sites', async () => {
    const response = await fetch(`${gateway.url}/sandbox/users`)
    expect(await response.json()).toEqual({ users: ['administrator', 'viewer'] })
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
    expect(received).toHaveLength(0)
  })

  it('does not let pages of other sites name a local user', async () => {
    const preflight = await fetch(`${gateway.url}/v1/clusters`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://attacker.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'x-local-user',
      },
    })
    expect(preflight.status).toBe(403)
    expect(preflight.headers.has('access-control-allow-headers')).toBe(false)
    expect(received).toHaveLength(0)
  })

  it.each([
    ['another Host header', { host: 'attacker.example' }],
    ['a cross-site request of a browser', { 'sec-fetch-site': 'cross-site' }],
    ['a request of a sub-domain', { 'sec-fetch-site': 'same-site' }],
    ['a request with the Origin of another site', { origin: 'https://attacker.example' }],
  ])('refuses %s, and does not forward it', async (_, headers) => {
    const response = await sendWith(gateway.url, headers)
    expect(response.statusCode).toBe(403)
    expect(response.headers['content-type']).toBe('application/problem+json')
    expect(received).toHaveLength(0)
  })

  it.each(['/', '/v2/x', '/_ministack/reset', '/v1', '/v1/../_ministack/reset'])(
    'answers 404 itself for %s',
    async (path) => {
      const response = await sendWith(gateway.url, {}, path)
      expect(response.statusCode).toBe(404)
      expect(response.headers['content-type']).toBe('application/problem+json')
      expect(received).toHaveLength(0)
    },
  )

  it('listens on the next port when the first is in use', async () => {
    const taken = Number(new URL(gateway.url).port)
    const second = await startGateway({ port: 1, host: 'x', region: 'eu-west-1', users }, { firstPort: taken })
    expect(Number(new URL(second.url).port)).toBeGreaterThan(taken)
    await second.close()
  })
})

function sendWith(url: string, headers: Record<string, string>, path = '/v1/clusters'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = request(url, { path, headers }, (response) => {
      response.resume()
      resolve(response)
    })
    call.on('error', reject)
    call.end()
  })
}
