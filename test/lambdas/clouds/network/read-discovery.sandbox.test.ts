import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readDiscovery } from '../../../../lambdas/clouds/network/read-discovery.ts'
import { type Internet, startInternet } from '../../../support/network/internet.ts'

const issuer = 'https://issuer.example/prefix'
const jwksUri = 'https://keys.example/jwks'
const documents = new Map<string, string>()
let internet: Internet

beforeAll(async () => {
  internet = await startInternet()
  for (const name of ['issuer.example', 'keys.example']) {
    await internet.host(name, (request, response) => {
      const body = documents.get(`https://${name}${request.url}`)
      response.writeHead(body === undefined ? 404 : 200).end(body)
    })
  }
})
afterAll(() => internet.end())
beforeEach(() => {
  documents.set(`${issuer}/.well-known/openid-configuration`, JSON.stringify({ issuer, jwks_uri: jwksUri }))
  documents.set(jwksUri, JSON.stringify({ keys: [{ kty: 'RSA', kid: 'one', alg: 'RS256', n: 'n', e: 'AQAB' }] }))
})

describe('readDiscovery', () => {
  test('returns the keys of an issuer whose key set is on another host', async () => {
    expect(await readDiscovery(issuer)).toEqual({ issuer, jwksUri, keys: [{ kty: 'RSA', kid: 'one', alg: 'RS256' }] })
  })

  test('names the missing document', async () => {
    documents.delete(jwksUri)
    await expect(readDiscovery(issuer)).rejects.toThrow(`${jwksUri}: it answers 404 to the public`)

    documents.clear()
    await expect(readDiscovery(issuer)).rejects.toThrow(
      `${issuer}/.well-known/openid-configuration: it answers 404 to the public`,
    )
  })

  test('names the document that is too large', async () => {
    documents.set(jwksUri, JSON.stringify({ keys: [], padding: 'x'.repeat(300_000) }))
    await expect(readDiscovery(issuer)).rejects.toThrow(`${jwksUri}: the document cannot be used: it is larger`)
  })
})
