import { request } from 'node:https'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Edge, startEdge } from '../../../sandbox/aws/edge.ts'
import { type Aws, startAws } from '../../../sandbox/aws/server.ts'
import { sendSigned } from '../../../sandbox/aws/signed-request.ts'
import { type Internet, startInternet } from '../../support/network/internet.ts'
import { python } from '../../support/python.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { createAccessControl, createDistribution, type Distribution, setEnabled } from './support/distributions.ts'

const bucket = 'issuer-documents'
const path = '/edge-1/openid/v1/jwks'

let internet: Internet
let aws: Aws
let accessControl: string
let distribution: Distribution
let other: Distribution
let edge: Edge
let namesAtFirst: readonly string[]
let startAll: () => Promise<void>
let cleanUp: () => Promise<void>

beforeAll(async () => {
  internet = await startInternet()
  const directory = await temporaryDirectory()
  const environment = { HTTPS_PROXY: 'http://127.0.0.1:9' }
  startAll = async () => {
    aws = await startAws({ python, directory: directory.path, environment, auth: true })
    edge = await startEdge({ aws, authority: internet.authority, proxy: internet.proxy })
  }
  await startAll()
  namesAtFirst = edge.names
  await s3(
    'PUT',
    '',
    '<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>',
  )
  accessControl = await createAccessControl(aws)
  distribution = await createDistribution(aws, { bucket, accessControl, aliases: ['oidc.example.com'] })
  other = await createDistribution(aws, { bucket, accessControl: '' })
  await edge.close()
  edge = await startEdge({ aws, authority: internet.authority, proxy: internet.proxy })
  cleanUp = async () => {
    await edge.close()
    await aws.close()
    await internet.end()
    await directory.remove()
  }
})
afterAll(() => cleanUp())

beforeEach(async () => {
  await putPolicy(allow())
  await put('{"keys":[]}')
})

async function s3(
  method: string,
  key: string,
  body?: string,
  more: { query?: Record<string, string>; headers?: Record<string, string> } = {},
) {
  const url = new URL(`/${bucket}${key}`, aws.endpoint)
  const response = await sendSigned({ service: 's3', method, url, ...more, ...(body !== undefined && { body }) })
  expect(response.status, await response.clone().text()).toBeLessThan(300)
}

const put = (body: string, cacheControl = 'public, max-age=300') =>
  s3('PUT', path, body, { headers: { 'content-type': 'application/jwk-set+json', 'cache-control': cacheControl } })

const allow = (more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Service: 'cloudfront.amazonaws.com' },
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${bucket}/*`,
  Condition: { StringEquals: { 'AWS:SourceArn': distribution.arn } },
  ...more,
})

const putPolicy = (...Statement: object[]) =>
  s3('PUT', '', JSON.stringify({ Version: '2012-10-17', Statement }), { query: { policy: '' } })

const get = (where = path, of = distribution, method = 'GET') => fetch(`https://${of.domain}${where}`, { method })

describe('an object that the bucket lets CloudFront read', () => {
  test('is returned unchanged, with its content type and its cache control', async () => {
    const response = await get()
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ keys: [] })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/jwk-set+json',
      'cache-control': 'public, max-age=300',
      'content-length': '11',
    })
  })

  test('is found by an alternate name of the distribution, with any query', async () => {
    expect(edge.names.slice(0, 3)).toEqual([distribution.domain, 'oidc.example.com', other.domain])
    expect(await (await fetch(`https://oidc.example.com${path}?v=2`)).json()).toEqual({ keys: [] })
  })

  test('is found by the name of a distribution that was created after the edge started', async () => {
    const later = await createDistribution(aws, { bucket, accessControl })
    await putPolicy(allow({ Condition: { StringEquals: { 'AWS:SourceArn': later.arn } } }))
    expect(await (await get(path, later)).json()).toEqual({ keys: [] })
  })

  test('is returned to HEAD without its body', async () => {
    const response = await get(path, distribution, 'HEAD')
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '11', ''])
  })

  test('is found by a path with escapes', async () => {
    await s3('PUT', '/edge%201/a%2Bb', 'found')
    expect(await (await get('/edge%201/a%2Bb')).text()).toBe('found')
  })

  test('is not public: the bucket itself refuses unsigned requests', async () => {
    expect((await fetch(new URL(`/${bucket}${path}`, aws.endpoint))).status).toBe(403)
  })
})

describe("the edge answers with S3's AccessDenied", () => {
  const refused = async (response: Response) => {
    expect(response.status).toBe(403)
    expect(response.headers.get('content-type')).toBe('application/xml')
    expect(await response.text()).toContain('<Code>AccessDenied</Code><Message>Access Denied</Message>')
  }

  test('for a missing object', async () => {
    await refused(await get('/absent'))
    await refused(await get('/'))
  })

  test('for a path that leads out of the bucket, and one that is not UTF-8', async () => {
    expect(await statusOf(`/x/%2e%2e/%2e%2e/${bucket}${path}`)).toBe(403)
    expect(await statusOf(`/../${bucket}${path}`)).toBe(403)
    expect(await statusOf('/%ff')).toBe(403)
  })

  /** Sends the path unchanged: fetch would resolve it first. */
  function statusOf(where: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const sent = request({ host: distribution.domain, path: where }, (response) =>
        resolve(response.resume().statusCode),
      )
      sent.on('error', reject).end()
    })
  }

  test.each([
    ['another distribution', () => ({ Condition: { StringEquals: { 'AWS:SourceArn': other.arn } } })],
    ['another service', () => ({ Principal: { Service: 'config.amazonaws.com' } })],
    ['another action', () => ({ Action: 's3:PutObject' })],
    ['other objects', () => ({ Resource: `arn:aws:s3:::${bucket}/other/*` })],
  ])('when the policy allows only %s', async (_, change) => {
    await putPolicy(allow(change()))
    await refused(await get())
  })

  test('when a statement denies the request, but not when one denies requests without TLS or through an access point', async () => {
    const deny = { Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: `arn:aws:s3:::${bucket}/*` }
    await putPolicy(allow(), { ...deny, Condition: { Bool: { 'aws:SecureTransport': false } } })
    expect((await get()).status).toBe(200)
    await putPolicy(allow(), { ...deny, Condition: { Null: { 's3:DataAccessPointArn': false } } })
    expect((await get()).status).toBe(200)
    await putPolicy(allow(), { ...deny, Principal: '*' })
    await refused(await get())
  })

  test('without a policy, and for a distribution without an access control', async () => {
    await refused(await get(path, other))
    await s3('DELETE', '', undefined, { query: { policy: '' } })
    await refused(await get())
  })
})

describe('CloudFront itself refuses', () => {
  test('methods other than GET and HEAD', async () => {
    const response = await get(path, distribution, 'POST')
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('HTTP request method')])
  })

  test('all requests for a distribution that is disabled', async () => {
    await setEnabled(aws, distribution, false)
    const response = await get()
    expect([response.status, response.headers.get('content-type')]).toEqual([403, 'text/html'])
    await setEnabled(aws, distribution, true)
    expect((await get()).status).toBe(200)
  })
})

test('after a restart the same distribution serves the same object, which AWS has stored', async () => {
  await edge.close()
  await aws.close()
  await startAll()
  const response = await get()
  expect(await response.json()).toEqual({ keys: [] })
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/jwk-set+json',
    'cache-control': 'public, max-age=300',
  })
})

test('without a distribution the edge has no hosts', () => {
  expect(namesAtFirst).toEqual([])
})
