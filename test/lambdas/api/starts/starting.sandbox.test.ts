import { expect, test } from 'vitest'
import { starting } from '../../../../lambdas/api/starts/starting.ts'
import { type ApiRequest, apiAccount, callApi } from '../../../support/api/api.ts'
import { recordEndedSetup } from '../../../support/api/operations.ts'

apiAccount()

const handler = starting({
  authorizes: ({ parameters: { cluster = '' } }) => ({
    checks: [{ action: 'start-verification', resource: { type: 'Cluster', cluster } }],
    input: cluster,
  }),
  requests: (_, cluster) => ({ kind: 'verification', cluster, request: { workloads: [] } }),
})

const sent = {
  routeKey: 'POST /v1/clusters/{cluster}/verifications',
  query: { a: '1' },
  body: { workload: { namespace: 'default', serviceAccount: 'reader' }, b: [1, 2] },
}

test.each<[string, ApiRequest]>([
  ['sent by the route for tokens', { routeKey: 'POST /staff/v1/clusters/{cluster}/verifications' }],
  [
    'with its fields in another order',
    { body: { b: [1, 2], workload: { serviceAccount: 'reader', namespace: 'default' } } },
  ],
])('a request %s is the same request', async (_, change) => {
  const { first, second } = await twice(change)
  expect(second).toMatchObject({ status: 202, body: { operationId: first.body.operationId } })
})

test.each<[string, ApiRequest]>([
  ['method', { routeKey: 'PUT /v1/clusters/{cluster}/verifications' }],
  ['route', { routeKey: 'POST /v1/clusters/{cluster}/drifts' }],
  ['cluster', { parameters: { cluster: 'another' } }],
  ['query', { query: { a: '2' } }],
  ['generation', { headers: { 'if-match': '"7"' } }],
  ['field', { body: { ...sent.body, workload: { namespace: 'default', serviceAccount: 'writer' } } }],
  ['order of a list', { body: { ...sent.body, b: [2, 1] } }],
  ['body', { body: undefined }],
])('a used key is refused for a request with another %s', async (_, change) => {
  const { first, second } = await twice(change)
  expect(second).toMatchObject({
    status: 422,
    body: { type: 'urn:workload-identity:problem:key-reused', instance: `/v1/operations/${first.body.operationId}` },
  })
})

test.each([
  ['with a byte order mark', `\ufeff${JSON.stringify(sent.body)}`],
  ['that is no JSON, on a route without a body,', 'anything'],
])('a body %s starts the operation', async (_, body) => {
  const cluster = await recordEndedSetup({ example: 'existing-cluster', workloads: [] })
  expect((await callApi(handler, { ...sent, parameters: { cluster }, body })).status).toBe(202)
})

/** Sends a request, and a changed one with the same key. */
async function twice(change: ApiRequest) {
  const cluster = await recordEndedSetup({ example: 'existing-cluster', workloads: [] })
  const request = { ...sent, parameters: { cluster }, headers: { 'idempotency-key': cluster } }
  const first = await callApi(handler, request)
  expect(first.status).toBe(202)
  const headers = { ...request.headers, ...change.headers }
  return { first, second: await callApi(handler, { ...request, ...change, headers }) }
}
