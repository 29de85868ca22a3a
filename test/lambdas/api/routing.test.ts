import { expect, test } from 'vitest'
import { handler as cancel } from '../../../lambdas/api/cancel.ts'
import { routing } from '../../../lambdas/api/operation.ts'
import { handler as read } from '../../../lambdas/api/read.ts'
import { functionOf, routes } from '../../../lambdas/api/routes.ts'
import { handler as start } from '../../../lambdas/api/start.ts'
import { callApi, useAccessRules } from '../../support/api/api.ts'
import { lambdaContext } from '../../support/api/lambda-context.ts'

const functions = { read, start, cancel }
const noRoute = 'The API has no such route'

useAccessRules()

const cancelling = routing({ 'cancel-operation': async () => ({ statusCode: 200, body: '"cancelled"' }) })

test.each([
  ['signed', 'POST /v1/operations/{operationId}/cancel'],
  ['with a token', 'POST /staff/v1/operations/{operationId}/cancel'],
  ['with a token of an issuer that is named like the version', 'POST /v1/v1/operations/{operationId}/cancel'],
])('a request that is %s is answered by the operation of its route', async (_, routeKey) => {
  expect(await callApi(cancelling, { routeKey })).toMatchObject({ status: 200, body: 'cancelled' })
})

test.each([
  ['that no operation has', 'GET /v1/nothing'],
  ['of another method', 'GET /v1/operations/{operationId}/cancel'],
  ['for all other requests', '$default'],
  ['whose name is that of a property of all objects', 'constructor'],
])('a route %s is answered with a problem', async (_, routeKey) => {
  for (const handler of Object.values(functions)) {
    const { status, headers, body } = await callApi(handler, { routeKey })
    expect([status, headers['content-type']]).toEqual([404, 'application/problem+json'])
    expect(body).toMatchObject({ type: 'urn:workload-identity:problem:not-found', detail: noRoute })
  }
})

test.each(routes)('$operation is answered by its function', async ({ method, path, operation }) => {
  const { body } = await callApi(functions[functionOf(operation)], { routeKey: `${method} ${path}` })
  expect(body.detail).not.toBe(noRoute)
})

test('a route of another function is answered with a problem, too', async () => {
  const ofRead = await callApi(start, { routeKey: 'GET /v1/access' })
  const ofStart = await callApi(read, { routeKey: 'POST /v1/setups', body: {} })
  expect([ofRead.status, ofStart.status]).toEqual([404, 404])
})

test('a caller without a grant does not learn which routes exist', async () => {
  const caller = 'arn:aws:sts::000000000000:assumed-role/nobody/session'
  expect(await callApi(read, { routeKey: 'GET /v1/nothing', caller })).toMatchObject({ status: 403 })
})

test('an event that no HTTP API sends is answered with a problem', async () => {
  expect(await read({ Records: [] }, lambdaContext())).toMatchObject({ statusCode: 500 })
})
