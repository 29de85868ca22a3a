/** Callers with a token, through the deployed routes of its issuer: API Gateway verifies it, and the API decides. */

import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type System, system } from '../e2e/support/system.ts'
import { deploySecond } from './support/second-deployment.ts'
import { startTokenIssuer, type TokenIssuer } from './support/token-issuer.ts'
import { tokenIssuers } from './support/token-issuers.ts'

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

/** As a portal calls it: past the local port, which would sign for the sandbox's user. */
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

it('whoever has the group of a grant does what the grant allows', async () => {
  const { status, body } = await get('/staff/v1/clusters', await staff.token({ groups }))
  expect({ status, body }).toMatchObject({ status: 200, body: { clusters: [] } })
})

it('groups that look like the one of the grant when they are joined give nothing', async () => {
  const { status, body } = await get('/staff/v1/clusters', await staff.token({ groups: ['platform', 'admins'] }))
  expect(status).toBe(403)
  expect(body).toMatchObject({ detail: expect.stringContaining('https://login.staff.example#ada has no grant') })
})

it('the same subject and group of another issuer give nothing', async () => {
  const { status, body } = await get('/partner/v1/clusters', await partner.token({ groups }))
  expect(status).toBe(403)
  expect(body).toMatchObject({ detail: expect.stringContaining('https://login.partner.example#ada has no grant') })
})

describe('no function is called', () => {
  const anHourAgo = Math.floor(Date.now() / 1000) - 3600

  it.each([
    ['without a token', () => undefined],
    ['for a token of another issuer than that of the route', () => partner.token({ groups })],
    [
      'for a token that names the issuer and is signed by another',
      () => partner.token({ groups, iss: tokenIssuers.staff.issuer }),
    ],
    ['for a token of another audience', () => staff.token({ groups, aud: 'another' })],
    ['for a token that has expired', () => staff.token({ groups, iat: anHourAgo, exp: anHourAgo + 300 })],
  ])('%s', async (_, token) => {
    const { status, body } = await get('/staff/v1/clusters', await token())
    expect({ status, body }).toEqual({ status: 401, body: { message: 'Unauthorized' } })
  })

  it('for a token on a route of IAM', async () => {
    expect((await get('/v1/clusters', await staff.token({ groups }))).status).toBe(403)
  })
})
