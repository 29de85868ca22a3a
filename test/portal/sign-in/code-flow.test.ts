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
