import type { RequestListener, ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ApiServerClient } from '../../../../lambdas/clouds/kubernetes/client.ts'
import { directAccess } from '../../../../lambdas/clouds/kubernetes/server-access.ts'
import { issuerOfTokens } from '../../../../lambdas/clouds/kubernetes/token-issuer.ts'
import { StepError } from '../../../../lambdas/errors/step-errors.ts'
import { secretArn } from '../../../support/kubernetes/clusters.ts'
import { type Internet, startInternet } from '../../../support/network/internet.ts'

const token = 'abcdef.0123456789abcdef'
const account = { apiVersion: 'v1', kind: 'ServiceAccount', name: 'x', namespace: 'default' } as const
const manifest = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'x', namespace: 'default' } }
const thing = { apiVersion: 'things.example/v1', kind: 'Thing', name: 'x', namespace: 'default' } as const
const pods = { apiVersion: 'v1', kind: 'Pod', namespace: 'default' } as const

const verbs = ['get', 'list', 'create', 'patch', 'delete']
const typesOf = (groupVersion: string, resources: readonly object[]) => ({
  kind: 'APIResourceList',
  groupVersion,
  resources: resources.map((resource) => ({ namespaced: true, singularName: '', verbs, ...resource })),
})
const typesOfCore = typesOf('v1', [
  { name: 'serviceaccounts', kind: 'ServiceAccount' },
  { name: 'serviceaccounts/token', kind: 'TokenRequest' },
  { name: 'pods', kind: 'Pod' },
])
const things = typesOf('things.example/v1', [{ name: 'things', kind: 'Thing' }])

let internet: Internet
let answer: RequestListener
/** The response to requests for the types of things. */
let types: unknown
let client: ApiServerClient

beforeAll(async () => {
  internet = await startInternet()
  await internet.host('hostile.example', (request, response) => {
    if (request.url === '/api/v1') return send(response, 200, typesOfCore)
    if (request.url === '/apis/things.example/v1') return send(response, 200, types)
    if (request.url === '/apis') return send(response, 200, { kind: 'APIGroupList', groups: [] })
    answer(request, response)
  })
  client = newClient()
})
afterAll(() => internet.end())
beforeEach(() => {
  types = things
})

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

/** A client that has not read the server's types. */
function newClient(): ApiServerClient {
  return new ApiServerClient(
    { name: 'hostile', credentialsSecretArn: secretArn },
    directAccess({}, { server: 'https://hostile.example', ca: internet.authority.caPem, token }),
    {
      fieldManager: 'workload-identity',
      owner: { deployment: 'd', cluster: 'odd' },
      rightsCommand: 'rights',
      signal: undefined,
    },
  )
}

/** Each kind of request to a server. */
const calls: readonly (readonly [string, (client: ApiServerClient) => Promise<unknown>])[] = [
  ['version', (client) => client.version()],
  ['get', (client) => client.get(account)],
  ['read', (client) => client.read(account)],
  ['getThing', (client) => client.get(thing)],
  ['list', (client) => client.list(pods)],
  ['listMetadata', (client) => client.listMetadata(pods)],
  ['contentsOf', (client) => client.contentsOf('default')],
  ['create', (client) => client.create(manifest)],
  ['serverSideApply', (client) => client.serverSideApply(manifest, { dryRun: true, force: false })],
  ['createToken', (client) => client.createToken(account, { expirationSeconds: 600 })],
  ['issuerOfTokens', (client) => issuerOfTokens(client)],
]

/**
 * The result or StepError of each call when the server answers all requests in this way, except those for its types. Any other
 * error is a defect.
 */
async function outcomesOf(caller: ApiServerClient, status: number, body: unknown): Promise<Record<string, unknown>> {
  answer = (_, response) => send(response, status, body)
  const outcomes = await Promise.all(calls.map(async ([name, call]) => [name, await outcomeOf(call(caller))] as const))
  return Object.fromEntries(outcomes)
}

async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call
  } catch (error) {
    if (error instanceof StepError) return error
    throw error
  }
}

/** All text in an outcome. */
function textOf(outcome: unknown): string {
  const { message, stack, cause } = outcome instanceof Error ? outcome : {}
  return `${JSON.stringify(outcome)} ${message} ${stack} ${cause}`
}

const jwtOf = (header: object, claims: object) =>
  [header, claims, {}].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')

describe('a server that repeats the token that it was sent', () => {
  const cause = { reason: token, message: `conflict with "${token}" using v1`, field: `.spec.${token}` }
  const conflict = { ...cause, reason: 'FieldManagerConflict' }
  const said = `admission webhook "${token}" denied the request: Authorization: Bearer ${token}`
  const status = { kind: 'Status', reason: token, message: said, details: { causes: [cause, conflict] } }
  const object = { ...manifest, metadata: { ...manifest.metadata, annotations: { a: token }, managedFields: [] } }
  const event = { reason: token, type: token, message: `sent ${token}`, lastTimestamp: '2026-11-25T10:00:00Z' }
  const answers: readonly (readonly [number, unknown])[] = [
    ...[400, 401, 403, 404, 405, 409, 422, 429, 500, 503].map((code) => [code, status] as const),
    [409, { ...status, message: `failed calling webhook "${token}": EOF` }],
    [500, { ...status, message: `failed to create typed patch object: .${token}: field not declared in schema` }],
    [403, { ...status, message: `x is forbidden: User "${token}" cannot ${token} resource "${token}"` }],
    [200, { minor: '33', gitVersion: `v1.33.${token}` }],
    [200, object],
    [200, { kind: 'PodList', apiVersion: 'v1', items: [object] }],
    [200, { kind: 'EventList', apiVersion: 'v1', items: [event] }],
    [200, { kind: token, apiVersion: 'v1' }],
    [201, { status: { token: 'a.b.c', expirationTimestamp: token } }],
  ]

  it.each(answers)('does not get it into a result or an error: response %#, with status %i', async (code, body) => {
    for (const outcome of Object.values(await outcomesOf(client, code, body))) {
      expect(textOf(outcome)).not.toContain(token)
    }
  })

  it.each([
    [{ kid: token }, {}],
    [{}, { iss: `https://issuer.example/${token}` }],
  ])('gets its tokens of an account refused when they repeat it: %j %j', async (header, claims) => {
    const made = { status: { token: jwtOf(header, claims), expirationTimestamp: '' } }
    const { createToken, issuerOfTokens: issuer } = await outcomesOf(client, 201, made)
    for (const outcome of [createToken, issuer]) expect(outcome).toMatchObject({ name: 'Unreachable' })
  })

  it('does not get it into an error by the names of its types', async () => {
    types = typesOf('things.example/v1', [{ name: `things ${'x'.repeat(100)}`, kind: 'Thing' }])

    const { getThing } = await outcomesOf(newClient(), 403, { kind: 'Status', message: 'no' })
    expect(getThing).toMatchObject({
      reason: expect.stringContaining('may not get Thing.things.example on cluster hostile'),
    })
  })
})

describe('a server with arbitrary responses', () => {
  const metadata = { name: 'x', labels: { a: 'b' } }
  const anything: readonly unknown[] = [
    'null',
    '5',
    '1e400',
    'true',
    '"text"',
    '[]',
    '[null]',
    '{}',
    '{"kind":"Status"}',
    '{"items":null}',
    '{"items":5}',
    '{"items":{}}',
    '{"items":[null]}',
    '{"items":["a",[]]}',
    '{"kind":"PodList","apiVersion":"v1","items":null}',
    '{"kind":"PodList","apiVersion":"v1","items":[null]}',
    '{"kind":"PodList","apiVersion":"v1"}',
    '{"kind":5,"apiVersion":{}}',
    '{"kind":"constructor","apiVersion":"__proto__"}',
    '{"kind":"__proto__","apiVersion":"v1","metadata":null}',
    '{"kind":"Pod","apiVersion":"v1","metadata":5,"spec":[],"status":"x"}',
    '{"kind":"Pod","apiVersion":"v1","metadata":{"creationTimestamp":"never","generation":1e400}}',
    '{"kind":"ServiceAccount","apiVersion":"v1","__proto__":{"polluted":1},"metadata":{"__proto__":{"polluted":1}}}',
    '{"kind":"ServiceAccount","apiVersion":"v1","constructor":{"prototype":{"polluted":1}}}',
    '{"minor":99999999999999999999,"gitVersion":1}',
    '{"minor":"99999999999999999999","gitVersion":"v1.99999999999999999999.1"}',
    '{"status":{"token":5,"expirationTimestamp":{}}}',
    '{"status":{"token":"","expirationTimestamp":""}}',
    '{"status":{"token":"..","expirationTimestamp":""}}',
    `{"status":{"token":"${jwtOf({ kid: {} }, { iss: { a: 1 } })}","expirationTimestamp":""}}`,
    `{"status":{"token":"${jwtOf({}, { iss: 'x'.repeat(100_000) })}","expirationTimestamp":""}}`,
    { ...manifest, metadata: { ...metadata, labels: { 'a\0b': '\ud800' } } },
  ]

  it.each([200, 204, 409, 500])('causes no defect with status %i', async (code) => {
    for (const body of anything) {
      const { list, issuerOfTokens: issuer } = await outcomesOf(client, code, code === 204 ? '' : body)
      expect(list instanceof StepError || Array.isArray(list)).toBe(true)
      expect(textOf(issuer).length).toBeLessThan(3000)
    }
    expect({}).not.toHaveProperty('polluted')
  })

  it.each([
    ['no list', { kind: 'APIResourceList' }],
    ['null', { kind: 'APIResourceList', resources: null }],
    ['types without names', { kind: 'APIResourceList', resources: [{ kind: 'Thing' }, null] }],
  ])('with %s of types is unreachable', async (_, list) => {
    types = list
    const { getThing } = await outcomesOf(newClient(), 200, { kind: 'Thing' })
    expect(getThing).toMatchObject({
      name: 'Unreachable',
      reason: expect.stringContaining('does not come from a Kubernetes API server'),
    })
  })

  it.each([
    ['an object of another kind', 200, { kind: 'Pod', apiVersion: 'v1' }],
    ['an object of no kind', 200, {}],
    ['404 that names no object', 404, { message: 'there is no such page' }],
    ['404 of a path', 404, '404 page not found'],
  ])('that answers %s has neither returned an object nor reported its absence', async (_, code, body) => {
    const { get, read } = await outcomesOf(client, code, body)
    for (const outcome of [get, read]) expect(outcome).toBeInstanceOf(StepError)
  })
})

describe('a list in pages', () => {
  const pageOf = (...names: string[]) => names.map((name) => ({ metadata: { name } }))
  const page = (next: string, ...names: string[]) => ({
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: { continue: next },
    items: pageOf(...names),
  })
  const expired = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410 }
  const types = [
    ['built-in', pods],
    ['custom', { apiVersion: thing.apiVersion, kind: thing.kind, namespace: 'default' }],
  ] as const
  const namesIn = async (type: (typeof types)[number][1]) =>
    (await newClient().list(type)).map(({ metadata }) => metadata?.name)

  it.each(types)('of a %s type whose pages have expired starts again', async (_, type) => {
    let expirations = 1
    answer = (request, response) => {
      const isSecond = request.url?.includes('continue=2')
      if (isSecond && expirations > 0) {
        expirations -= 1
        return send(response, 410, expired)
      }
      send(response, 200, isSecond ? page('', 'b') : page('2', 'a'))
    }
    expect(await namesIn(type)).toEqual(['a', 'b'])
  })

  it('whose pages expire each time is a transient error', async () => {
    answer = (request, response) =>
      request.url?.includes('continue=2') ? send(response, 410, expired) : send(response, 200, page('2', 'a'))
    await expect(namesIn(pods)).rejects.toMatchObject({ name: 'CloudUnavailable', transient: true })
  })

  it('without an end is refused', async () => {
    const names = Array.from({ length: 2000 }, (_, index) => `pod-${index}`)
    answer = (_, response) => send(response, 200, page('2', ...names))
    await expect(namesIn(pods)).rejects.toMatchObject({
      name: 'Unsupported',
      reason: expect.stringContaining('more than 20,000'),
    })
  })
})
