/** The limit of a spec applies to the sum of all requests. */
import { beforeAll, expect, test } from 'vitest'
import * as addWorkload from '../../../lambdas/api/starts/add-workload.ts'
import * as putCluster from '../../../lambdas/api/starts/put-cluster.ts'
import * as startPlan from '../../../lambdas/api/starts/start-plan.ts'
import * as startSetup from '../../../lambdas/api/starts/start-setup.ts'
import { endOperation } from '../../../lambdas/operations/record/operations.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import type { SetupRequest } from '../../../lambdas/spec/setup-request.ts'
import { apiAccount, callApi } from '../../support/api/api.ts'
import { firstGeneration, newOperation } from '../../support/api/operations.ts'
import { exampleBody, exampleRequest, namedCluster } from '../../support/api/requests.ts'

const maxWorkloads = 400
const parameters = { cluster: 'full' }
const query = { manager: 'file' }
const edits = {
  ...namedCluster('full'),
  'cluster.issuerUrl': 'https://full.example.com',
}
const one = { namespace: 'apps', serviceAccount: 'one-more', role: { policyArns: [] } }
const body = exampleBody('existing-cluster', { ...edits, workloads: [one] })

apiAccount()
beforeAll(async () => {
  const { workloads, ...spec } = exampleRequest('existing-cluster', edits)
  const { operation, request } = newOperation({ cluster: 'full' })
  expect(await recordOperation({ operation, request, change: firstGeneration(spec, many(workloads)) })).toBe('recorded')
  await endOperation(operation, { status: 'succeeded' })
})

test.each([
  ['a setup', () => callApi(startSetup.handler, { body })],
  ['a plan', () => callApi(startPlan.handler, { body })],
  ['a PUT', () => callApi(putCluster.handler, { parameters, query, body })],
  ['one workload', () => callApi(addWorkload.handler, { parameters, body: one })],
])('%s that would make the spec too large is refused', async (_, send) => {
  expect(await send()).toMatchObject({
    status: 409,
    body: {
      type: 'urn:workload-identity:problem:conflict',
      detail: expect.stringMatching(/^The spec of cluster full would have more than 400 workloads: remove workloads/),
    },
  })
})

test('a workload of the largest spec can be set up again', async () => {
  const { role: _, ...first } = many(exampleRequest('existing-cluster', edits).workloads)[0] ?? one
  const sent = exampleBody('existing-cluster', { ...edits, workloads: [{ ...first, role: { policyArns: [] } }] })
  expect((await callApi(startSetup.handler, { body: sent })).status).toBe(202)
})

function many([first]: SetupRequest['workloads']): SetupRequest['workloads'] {
  if (!first) throw new Error('the example has no workload')
  return Array.from({ length: maxWorkloads }, (_, index) => ({
    namespace: 'apps',
    serviceAccount: `account-${index}`,
    role: { ...first.role, name: `full-apps-account-${index}` },
  }))
}
