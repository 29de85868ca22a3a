import { expect, onTestFinished, test } from 'vitest'
import { refreshed } from '../../../cli/sign-in/issuer.ts'
import { localServer } from '../../support/network/local-server.ts'

test('a refresh token stays valid when the issuer returns no other one', async () => {
  const issuer = await localServer((url) => ({ url: path }, response) => {
    const metadata = { issuer: url, token_endpoint: `${url}/token` }
    const tokens = { access_token: 'next', token_type: 'Bearer', expires_in: 300 }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(path === '/token' ? tokens : metadata))
  })
  onTestFinished(issuer.close)
  const client = { issuer: issuer.url, clientId: 'wid', scope: 'openid' }
  expect(await refreshed(client, 'first')).toMatchObject({ accessToken: 'next', refreshToken: 'first' })
})
