import { expect, test } from 'vitest'
import { withRecordedWebhook } from '../../../../lambdas/api/spec/recorded-webhook.ts'
import type { ClusterItem } from '../../../../lambdas/operations/record/record.ts'
import type { Webhook } from '../../../../lambdas/spec/parts.ts'
import { type Edits, exampleBody, exampleRequest } from '../../../support/api/requests.ts'

const at = '2026-11-27T00:00:00.000Z'
const older = 'webhook:v0.5.0'
const newer = 'webhook:v0.6.17'
const installed = { mode: 'own-ca', image: newer, namespace: 'workload-identity-webhook', replicas: 2 }

function recordedAs(webhook: Partial<Webhook>, status: ClusterItem['status']['webhook'] = installed): ClusterItem {
  const { workloads: _, ...spec } = exampleRequest('existing-cluster')
  return {
    cluster: spec.cluster.name,
    spec: { ...spec, webhook: { ...spec.webhook, ...webhook } },
    status: { conditions: {}, ...(status && { webhook: status }) },
    generation: 1,
    lastOperationId: 'o',
    createdAt: at,
    updatedAt: at,
  }
}

/** What is sent leaves out what the edits do not give. */
function filled(edits: Edits, recorded: ClusterItem | undefined) {
  const given = { webhook: {}, ...edits }
  return withRecordedWebhook(
    exampleRequest('existing-cluster', given),
    exampleBody('existing-cluster', given),
    recorded,
  )
}

const upgraded = recordedAs({ image: newer, certificate: 'own-ca', failurePolicy: 'Fail' })

test('what a request leaves out is as the last setup or upgrade asked for, and is told', () => {
  const { request, asRecorded } = filled({}, upgraded)
  expect(request.webhook).toMatchObject({ image: newer, failurePolicy: 'Fail' })
  expect(asRecorded).toEqual({ 'webhook.image': newer, 'webhook.failurePolicy': 'Fail' })
})

test('what a request names is taken from the request', () => {
  const edits = { 'webhook.image': older, 'webhook.failurePolicy': 'Ignore' }
  const made = filled(edits, upgraded)
  expect(made.request.webhook).toMatchObject({ image: older, failurePolicy: 'Ignore' })
  expect(made).not.toHaveProperty('asRecorded')
})

test('a request without a webhook at all leaves everything out', () => {
  expect(filled({ webhook: undefined }, upgraded).request.webhook).toMatchObject({
    image: newer,
    failurePolicy: 'Fail',
  })
})

test('an image stays away from another certificate than it was asked for with', () => {
  const { request, asRecorded } = filled({ 'webhook.certificate': 'csr' }, upgraded)
  expect(request.webhook).not.toHaveProperty('image')
  expect(asRecorded).toEqual({ 'webhook.failurePolicy': 'Fail' })
})

test.each([
  ['that is not recorded', undefined, {}],
  ['that never got as far as the webhook', { ...upgraded, status: { conditions: {} } }, {}],
  ['that was set up without a webhook of ours', recordedAs({ mode: 'none' }, { mode: 'none' }), {}],
  ["whose webhook is to be somebody else's from now on", upgraded, { 'webhook.mode': 'managed' }],
])('a cluster %s gets the defaults', (_, recorded, edits) => {
  const { request, ...rest } = filled(edits, recorded)
  expect(request.webhook).toMatchObject({ failurePolicy: 'Ignore' })
  expect(request.webhook).not.toHaveProperty('image')
  expect(rest).toEqual({})
})
