import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ApiCall, type ApiHandler, type Operation, operation } from '../../../lambdas/api/operation.ts'
import { ProblemError, problem } from '../../../lambdas/api/problem.ts'
import { AccessDenied, CloudUnavailable } from '../../../lambdas/errors/step-errors.ts'
import { alice } from '../../support/api/alice.ts'
import { aliceAdministers, callApi, useAccessRules } from '../../support/api/api.ts'
import { lambdaContext } from '../../support/api/lambda-context.ts'
import { userIdOf } from '../../support/aws/callers.ts'
import { tokenWith } from '../../support/network/tokens.ts'

const secret = 'hunter2-of-somebody-else'
let lines: string[] = []

/** An operation that every caller with a role may run. */
function open(runs: Operation<undefined>['runs']): ApiHandler {
  const resource = { type: 'Deployment' } as const
  return operation({
    authorizes: () => ({ checks: [{ action: 'get-openapi', resource }], input: undefined }),
    runs,
  })
}

const claims = { groups: 'everybody' }
useAccessRules({
  ...aliceAdministers,
  grants: [
    ...aliceAdministers.grants,
    { name: 'everybody', role: 'viewer', to: [{ jwt: { issuer: 'corporate', claims } }], clusters: ['*'] },
  ],
  issuers: { corporate: 'https://login.example.com' },
})

beforeEach(() => {
  lines = []
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
})
afterEach(() => vi.restoreAllMocks())

test('a response is JSON that may not be cached, and names its version and the oldest supported command', async () => {
  const response = await callApi(open(() => ({ status: 200, headers: { 'retry-after': '5' }, body: { a: 1 } })))
  expect(response).toEqual({
    status: 200,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'retry-after': '5',
      'workload-identity-version': 'unreleased',
      'workload-identity-oldest-command': '1.0.0',
    },
    body: { a: 1 },
  })
})

test('the caller is the ARN that API Gateway has authenticated', async () => {
  expect((await seen({ iam: { userArn: alice, userId: userIdOf(alice) } })).caller).toBe(alice)
})

test('the caller is the issuer and subject of the token that API Gateway has checked', async () => {
  const claims = { iss: 'https://login.example.com', sub: 'bob' }
  const headers = { Authorization: `Bearer ${tokenWith({ ...claims, groups: ['everybody'] })}` }
  expect((await seen({ jwt: { claims } }, { headers })).caller).toBe('https://login.example.com#bob')
})

test('a request without an authenticated caller is refused', async () => {
  const handler = open(() => ({ status: 200, body: {} }))
  for (const authorizer of [undefined, {}, { jwt: { claims: { iss: 'x' } } }]) {
    const response = await handler({ ...event, requestContext: { requestId: 'id', authorizer } }, lambdaContext())
    expect(response.statusCode).toBe(403)
  }
})

test('a new user with the name of a deleted one that has a grant is refused, and the audit log says why', async () => {
  const handler = open(() => ({ status: 200, body: {} }))
  const as = (userId: string) => {
    const requestContext = { requestId: 'id', authorizer: { iam: { userArn: alice, userId } } }
    return handler({ ...event, requestContext }, lambdaContext())
  }
  expect((await as(userIdOf(alice))).statusCode).toBe(200)
  lines.length = 0
  const refused = await as('AIDAMADELATER')
  expect([refused.statusCode, refused.body]).toEqual([403, expect.stringContaining('which was deleted')])
  expect(JSON.parse(lines.find((line) => line.includes('"access"')) ?? '{}')).toMatchObject({
    caller: alice,
    id: 'AIDAMADELATER',
    decision: 'deny',
    reason: expect.stringContaining('created later'),
  })
})

test('a body in base64 and headers in any case are understood', async () => {
  const body = Buffer.from('{"ü":1}').toString('base64')
  const call = await seen(
    { iam: { userArn: alice, userId: userIdOf(alice) } },
    { body, isBase64Encoded: true, headers: { 'X-Some': 'y' } },
  )
  expect(call.body.toString()).toBe('{"ü":1}')
  expect(call.headers).toEqual({ 'x-some': 'y' })
})

test('a refusal is answered with its problem and its headers', async () => {
  const handler = open(() => {
    throw new ProblemError(problem('conflict', { detail: 'because' }), { location: '/v1/operations/1' })
  })
  expect(await callApi(handler)).toMatchObject({
    status: 409,
    headers: { 'content-type': 'application/problem+json', location: '/v1/operations/1' },
    body: { status: 409, detail: 'because' },
  })
})

test('a transient failure is answered with Retry-After', async () => {
  const handler = open(() => {
    throw new CloudUnavailable({ object: 'table/x', reason: 'AWS is busy', action: 'Try again' })
  })
  expect(await callApi(handler)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
})

test.each([
  ['a defect', new TypeError(`cannot read ${secret}`)],
  ['a refusal of AWS', new AccessDenied({ object: 'table/internal', reason: 'refused', action: 'Allow it' })],
])('%s reveals no internal detail', async (_, error) => {
  const response = await callApi(open(() => Promise.reject(error)))
  expect(response).toMatchObject({ status: 500, headers: { 'content-type': 'application/problem+json' } })
  expect(JSON.stringify(response.body)).not.toContain('table/internal')
  expect(JSON.stringify(response) + lines.join('')).not.toContain(secret)
  expect(lines.join('')).toContain(error.name)
})

test('the log entry and the metric of a refusal of AWS have the ID and the route of the request', async () => {
  const refusal = new AccessDenied({ object: 'table/internal', reason: 'refused', action: 'Allow it' })
  await open(() => Promise.reject(refusal))(
    {
      ...event,
      requestContext: { requestId: 'the-request', authorizer: { iam: { userArn: alice, userId: userIdOf(alice) } } },
    },
    lambdaContext(),
  )
  const [, ...failed] = lines.map((line) => JSON.parse(line))
  expect(failed).toMatchObject([
    { message: 'operation failed', requestId: 'the-request', route: 'GET /', name: 'AccessDenied' },
    { AccessDenied: 1, requestId: 'the-request', route: 'GET /' },
  ])
})

const event = { version: '2.0', routeKey: 'GET /', headers: {}, requestContext: { requestId: 'id' } }

async function seen(authorizer: object, more: object = {}): Promise<ApiCall> {
  let call: ApiCall | undefined
  const handler = open((received) => {
    call = received
    return { status: 200, body: {} }
  })
  await handler({ ...event, ...more, requestContext: { requestId: 'id', authorizer } }, lambdaContext())
  if (!call) throw new Error('the operation was not called')
  return call
}
