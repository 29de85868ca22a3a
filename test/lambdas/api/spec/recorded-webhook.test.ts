import { expect, test } from 'vitest'
import { withRecordedWebhook } from '../../../../lambdas/api/spec/recorded-webhook.ts'
import type { ClusterItem } from '../../../../lambdas/operations/record/record.ts'
import type { Webhook } from '../../../../lambdas/spec/setup-request.ts'
import { clusterRecord } from '../../../support/api/cluster-record.ts'
import { exampleSpec } from '../../../support/api/operations.ts'
import { type Edits, exampleBody, exampleRequest } from '../../../support/api/requests.ts'

const older = 'webhook:v0.5.0'
const newer = 'webhook:v0.6.17'
const installed = { mode: 'own-ca', image: newer, namespace: 'workload-identity-webhook', replicas: 2 }

function recordedAs(webhook: Partial<Webhook>, status: ClusterItem['status']['webhook'] = installed): ClusterItem {
  const spec = exampleSpec('existing-cluster')
  return clusterRecord({
    spec: { ...spec, webhook: { ...spec.webhook, ...webhook } },
    status: { conditions: {}, ...(status && { webhook: status }) },
  })
}

/** A request has only the webhook fields of the edits. */
function filled(edits: Edits, recorded: ClusterItem | undefined) {
  const given = { webhook: {}, ...edits }
  return withRecordedWebhook(
    exampleRequest('existing-cluster', given),
    exampleBody('existing-cluster', given),
    recorded,
  )
}

const upgraded = recordedAs({ image: newer, certificate: 'own-ca', failurePolicy: 'Fail' })

test('an omitted field keeps the value of the last setup or upgrade, and is reported', () => {
  const { request, asRecorded } = filled({}, upgraded)
  expect(request.webhook).toMatchObject({ image: newer, failurePolicy: 'Fail' })
  expect(asRecorded).toEqual({ 'webhook.image': newer, 'webhook.failurePolicy': 'Fail' })
})

test('a field of the request replaces the recorded one', () => {
  const edits = { 'webhook.image': older, 'webhook.failurePolicy': 'Ignore' }
  const made = filled(edits, upgraded)
  expect(made.request.webhook).toMatchObject({ image: older, failurePolicy: 'Ignore' })
  expect(made).not.toHaveProperty('asRecorded')
})

test('a request without a webhook keeps all recorded fields', () => {
  expect(filled({ webhook: undefined }, upgraded).request.webhook).toMatchObject({
    image: newer,
    failurePolicy: 'Fail',
  })
})

test('a recorded image is not used with another kind of certificate', () => {
  const { request, asRecorded } = filled({ 'webhook.certificate': 'csr' }, upgraded)
  expect(request.webhook).not.toHaveProperty('image')
  expect(asRecorded).toEqual({ 'webhook.failurePolicy': 'Fail' })
})

test.each([
  ['that is not recorded', undefined, {}],
  ['whose setup has not reached the webhook', { ...upgraded, status: { conditions: {} } }, {}],
  ['that was set up without our webhook', recordedAs({ mode: 'none' }, { mode: 'none' }), {}],
  ['whose webhook another owner manages from now on', upgraded, { 'webhook.mode': 'managed' }],
])('a cluster %s gets the defaults', (_, recorded, edits) => {
  const { request, ...rest } = filled(edits, recorded)
  expect(request.webhook).toMatchObject({ failurePolicy: 'Ignore' })
  expect(request.webhook).not.toHaveProperty('image')
  expect(rest).toEqual({})
})
