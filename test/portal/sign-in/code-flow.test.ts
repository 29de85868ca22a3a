import { afterEach, expect, test, vi } from 'vitest'
import { Issuer } from '../../../portal/src/sign-in/code-flow.ts'

const issuer = 'https://login.example'
const metadata = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` }
const held = { accessToken: 'old', refreshToken: 'spent', endsAt: 0, subject: 'ada' }

afterEach(() => void vi.unstubAllGlobals())

test.each([
  ['the new refresh token of an issuer that rotates them', { refresh_token: 'new' }, 'new'],
  ['the refresh token of an issuer that returns none', {}, 'spent'],
])('a renewed session keeps %s', async (_, returned, refreshToken) => {
  vi.stubGlobal('fetch', async (url: string) =>
    Response.json(
      url.startsWith(metadata.token_endpoint) ? { access_token: 'a', token_type: 'Bearer', ...returned } : metadata,
    ),
  )
  const found = await Issuer.discover({ issuer, clientId: 'portal', scope: 'openid' })
  expect(await found.renewed(held, 'spent')).toMatchObject({ accessToken: 'a', refreshToken })
})

const json = { 'content-type': 'application/json' }
const error = JSON.stringify({ error: 'invalid_grant' })

function noResponse(): never {
  throw new TypeError('Failed to fetch')
}

/** The token endpoint's answer to a refresh token, and whether it ends the sign-in. */
test.each<[string, () => Response, boolean]>([
  ['an OAuth error', () => new Response(error, { status: 400, headers: json }), true],
  ['a challenge', () => new Response('', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }), true],
  ['an error of the server', () => new Response(error, { status: 503, headers: json }), false],
  ['a limit of requests', () => new Response(error, { status: 429, headers: json }), false],
  ['a page of a proxy', () => new Response('<html></html>', { status: 403 }), false],
  ['no response', noResponse, false],
])('%s to a refresh token ends the sign-in only as a refusal of the issuer', async (_, answer, isRefused) => {
  vi.stubGlobal('fetch', async (url: string) =>
    url.startsWith(metadata.token_endpoint) ? answer() : Response.json(metadata),
  )
  const found = await Issuer.discover({ issuer, clientId: 'portal', scope: 'openid' })
  const renewed = found.renewed(held, 'spent')
  await (isRefused ? expect(renewed).resolves.toBe('refused') : expect(renewed).rejects.toThrow())
})
