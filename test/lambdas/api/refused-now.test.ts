import { expect, test } from 'vitest'
import { parseSetupRequest } from '../../../lambdas/api/parse-setup.ts'
import { refusedNow } from '../../../lambdas/api/refused-now.ts'
import { deployment, exampleRequest } from '../../support/requests.ts'

const at = '2026-11-25T12:00:00.000Z'

/** The record of the example, with two workloads more like the first. */
function recordedExample() {
  const { workloads, ...spec } = exampleRequest('existing-cluster')
  const ref = { status: { conditions: {} }, updatedAt: at }
  const items = workloads.flatMap(({ role, ...workload }) =>
    ['first', 'second'].map((name) => ({ ...workload, ...ref, serviceAccount: name, spec: { ...role, name } })),
  )
  const cluster = { cluster: spec.cluster.name, spec, status: { conditions: {} }, lastOperationId: 'o' }
  return { cluster: { ...cluster, createdAt: at, updatedAt: at }, workloads: items }
}

test('a setup of what is recorded is not refused while the deployment allows what it did', () => {
  expect(refusedNow(recordedExample(), deployment)).toEqual([])
})

test('what the deployment no longer allows is told of each workload, in the words of the API', () => {
  const narrower = { ...deployment, inlinePolicyActions: [] }
  const parsed = parseSetupRequest(exampleRequest('existing-cluster'), narrower)
  const [issue] = parsed.ok ? [] : parsed.issues
  expect(issue?.path).toBe('workloads[0].role.inlinePolicy')
  expect(refusedNow(recordedExample(), narrower)).toEqual(
    ['reports/first', 'reports/second'].map((item) => ({
      name: 'InvalidRequest',
      object: `workload ${item}`,
      reason: `role.inlinePolicy ${issue?.message}`,
      action: expect.any(String),
      item,
    })),
  )
})

test('what is wrong with the part of the cluster is told once', () => {
  const elsewhere = { ...deployment, secretPrefix: 'elsewhere' }
  expect(refusedNow(recordedExample(), elsewhere)).toMatchObject([
    { name: 'InvalidRequest', object: 'cluster on-premises', reason: expect.stringMatching(/^cluster\./) },
  ])
})
