import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { authorizer } from '../../../cli/api/authorize.ts'
import { keepSignIn, signInFile } from '../../../cli/sign-in/kept.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
beforeEach(async () => {
  directory = await temporaryDirectory()
  vi.stubEnv('XDG_STATE_HOME', directory.path)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'of a test')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await directory.remove()
})

const url = 'https://roles.example.com/staff'
const client = { issuer: 'https://login.example.com', clientId: 'wid', scope: 'openid' }

function signIn(at: string, accessToken = 'a.b.c'): Promise<void> {
  return keepSignIn(signInFile(at, process.env), { client, tokens: { accessToken } })
}

/** The start of the Authorization header of a request to the API. */
async function authorization(region?: string, profile?: string): Promise<string> {
  const authorize = authorizer({ url, ...(region !== undefined && { region }) }, profile)
  const { headers } = await authorize(new Request(`${url}/v1/clusters`))
  return (headers.get('authorization') ?? '').split(' ').slice(0, 2).join(' ')
}

test('a sign-in at the API takes precedence over AWS credentials, and needs no region', async () => {
  await signIn(url)
  expect(await authorization()).toBe('Bearer a.b.c')
  expect(await authorization('eu-west-1')).toBe('Bearer a.b.c')
})

test('a token is sent only to its own API', async () => {
  await signIn('https://roles.example.com')
  expect(await authorization('eu-west-1')).toMatch(/^AWS4-HMAC-SHA256 /)
})

test('an explicit profile takes precedence over a sign-in', async () => {
  await signIn(url)
  await expect(authorization('eu-west-1', 'no-such-profile')).rejects.toThrow('no AWS credentials to sign the request')
})

test('the error for a missing region says how to sign in instead', async () => {
  await expect(authorization()).rejects.toThrow(
    'The region of https://roles.example.com/staff is not known. Give it with --region or in AWS_REGION. If the API accepts tokens, sign in instead: "wid login".',
  )
})

test("a request to a sandbox contains only the local user's name", async () => {
  const local = 'http://127.0.0.1:8080'
  const headers = async () => {
    const request = await authorizer({ url: local }, undefined)(new Request(`${local}/v1/clusters`))
    return Object.fromEntries(request.headers)
  }
  expect(await headers()).toEqual({})
  vi.stubEnv('WID_LOCAL_USER', 'viewer')
  expect(await headers()).toEqual({ 'x-local-user': 'viewer' })
})

test('a request to another API does not contain a local user', async () => {
  vi.stubEnv('WID_LOCAL_USER', 'viewer')
  const request = new Request(`${url}/v1/clusters`)
  const { headers } = await authorizer({ url, region: 'eu-west-1' }, undefined)(request)
  expect(headers.has('x-local-user')).toBe(false)
})
