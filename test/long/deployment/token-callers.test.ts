/** Callers with a token use the deployed routes of its issuer. API Gateway verifies the token, and the API authorizes the caller. */
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { fetch as fetchBy, ProxyAgent } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPublicHost } from '../../../sandbox/network/public-host.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { wid } from '../../e2e/support/wid.ts'
import { localServer } from '../../support/network/local-server.ts'
import { clientId, peopleIssuer, resource } from '../../support/network/people-issuer.ts'
import { person } from '../../support/network/person.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { apiFront } from '../support/api-front.ts'
import { deploySecond } from '../support/second-deployment.ts'
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts'
import { tokenIssuers } from '../support/token-issuers.ts'

let staff: TokenIssuer
let partner: TokenIssuer
let second: System
const toClose: (() => Promise<void>)[] = []

beforeAll(async () => {
  const first = await system()
  staff = await startTokenIssuer(first, tokenIssuers.staff.issuer)
  partner = await startTokenIssuer(first, tokenIssuers.partner.issuer)
  const deployed = await deploySecond(first)
  second = deployed.system
  toClose.push(deployed.close, staff.close, partner.close)
}, 240_000)
afterAll(() => Promise.all(toClose.map((close) => close())))

/** Calls the API directly, as the portal does. The local port would sign the request for the sandbox's user. */
async function get(path: string, token?: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const { port, host } = second.sandbox.deployment.api
  const headers = { host, ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers }, (response) => {
      json(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject)
    })
      .on('error', reject)
      .end()
  })
}

const groups = ['on call', 'platform admins']

describe('people who sign in with wid login', () => {
  const { issuer } = tokenIssuers.people
  const named = ['--issuer', issuer, '--client-id', clientId, '--resource', resource]
  let run: (args: readonly string[], onLine?: (line: string) => void) => ReturnType<typeof wid>

  beforeAll(async () => {
    const { authority, proxy, deployment } = second.sandbox
    const handler = await peopleIssuer({ issuer, groups })
    const host = await startPublicHost({ authority, proxy, names: [new URL(issuer).host], handler })
    const front = await localServer(() => apiFront(deployment.api))
    const state = await temporaryDirectory()
    toClose.push(host.close, front.close, state.remove)
    const env = {
      XDG_STATE_HOME: state.path,
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: proxy.url,
      NODE_EXTRA_CA_CERTS: authority.caFile,
    }
    run = (args, onLine) =>
      wid({ api: `${front.url}/people` }, args, {
        env,
        meanwhile: async (child) => void child.stdout?.on('data', (data) => onLine?.(String(data))),
      })
  })

  it('can do what their grant allows, from lists to a complete rotation', async () => {
    const { authority, proxy } = second.sandbox
    const ca = await readFile(authority.caFile)
    const dispatcher = new ProxyAgent({ uri: proxy.url, requestTls: { ca } })
    const ada = person('ada', (url, options) => fetchBy(url, { ...options, dispatcher }))
    expect(await run(['get', 'clusters'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('requires a valid token, and has rejected yours. Sign in again: "wid login".'),
    })
    const signedIn = await run(['login', ...named], (line) => {
      const [page] = /https\S+user_code=[\w-]+/.exec(line) ?? []
      if (page !== undefined) void ada.goThrough(page)
    })
    expect(signedIn).toMatchObject({ code: 0, err: '' })
    expect(await run(['get', 'clusters'])).toMatchObject({ code: 0, err: '' })
    const rotated = await run(['rotate', '--output', 'json'])
    expect(rotated).toMatchObject({ code: 0, err: '' })
    expect(rotated.out).toContain(`"requestedBy":"${issuer}#ada"`)
    expect((await run(['logout'])).code).toBe(0)
    expect((await run(['get', 'clusters'])).code).toBe(3)
    await dispatcher.close()
  })
})

it('a caller with the group of a grant can do what the grant allows', async () => {
  const { status, body } = await get('/staff/v1/clusters', await staff.token({ groups }))
  expect({ status, body }).toMatchObject({ status: 200, body: { clusters: [] } })
})

it('two groups that only together spell the group of the grant give no access', async () => {
  const { status, body } = await get('/staff/v1/clusters', await staff.token({ groups: ['platform', 'admins'] }))
  expect(status).toBe(403)
  expect(body).toMatchObject({ detail: expect.stringContaining('https://login.staff.example#ada has no grant') })
})

it('the same subject and group of another issuer give no access', async () => {
  const { status, body } = await get('/partner/v1/clusters', await partner.token({ groups }))
  expect(status).toBe(403)
  expect(body).toMatchObject({ detail: expect.stringContaining('https://login.partner.example#ada has no grant') })
})

describe('API Gateway refuses a request', () => {
  const anHourAgo = Math.floor(Date.now() / 1000) - 3600

  it.each([
    ['without a token', () => undefined],
    ['with a token of another issuer than that of the route', () => partner.token({ groups })],
    [
      'with a token that names the issuer and is signed by another',
      () => partner.token({ groups, iss: tokenIssuers.staff.issuer }),
    ],
    ['with a token of another audience', () => staff.token({ groups, aud: 'another' })],
    ['with an expired token', () => staff.token({ groups, iat: anHourAgo, exp: anHourAgo + 300 })],
  ])('%s', async (_, token) => {
    const { status, body } = await get('/staff/v1/clusters', await token())
    expect({ status, body }).toEqual({ status: 401, body: { message: 'Unauthorized' } })
  })

  it('with a token on a route of IAM', async () => {
    expect((await get('/v1/clusters', await staff.token({ groups }))).status).toBe(403)
  })
})
