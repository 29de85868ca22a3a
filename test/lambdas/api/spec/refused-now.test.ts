import { expect, test } from 'vitest'
import { parseSetupRequest } from '../../../../lambdas/api/request/parse-setup.ts'
import { refusedNow } from '../../../../lambdas/api/spec/refused-now.ts'
import { clusterRecord, workloadRecord } from '../../../support/api/cluster-record.ts'
import { deployment, exampleRequest } from '../../../support/api/requests.ts'

/** The record of the example, with two workloads like its own. */
function recordedExample() {
  const { workloads, ...spec } = exampleRequest('existing-cluster')
  const records = workloads.flatMap(({ namespace, role }) =>
    ['first', 'second'].map((name) => workloadRecord({ namespace, serviceAccount: name }, { role: { ...role, name } })),
  )
  return { cluster: clusterRecord({ spec }), workloads: records }
}

test('a recorded spec is not refused while the deployment allows the same', () => {
  expect(refusedNow(recordedExample(), deployment)).toEqual([])
})

test('each workload that the deployment no longer allows is reported with the message of the API', () => {
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

test('the last fault says how many more exist', () => {
  const Action = Array.from({ length: 501 }, (_, index) => `s3:Get${index}`)
  const inlinePolicy = {
    Version: '2012-10-17' as const,
    Statement: [{ Effect: 'Allow' as const, Action, Resource: '*' }],
  }
  const { cluster, workloads } = recordedExample()
  const [first] = workloads.map((workload) => ({ ...workload, spec: { ...workload.spec, inlinePolicy } }))
  const refused = refusedNow(
    { cluster, workloads: first ? [first] : [] },
    { ...deployment, inlinePolicyActions: ['ec2:*'] },
  )
  expect(refused.at(-1)?.reason).toBe('has 1 more issues: correct the listed issues first')
})

test('a fault in the fields of the cluster is reported once', () => {
  const elsewhere = { ...deployment, secretPrefix: 'elsewhere' }
  expect(refusedNow(recordedExample(), elsewhere)).toMatchObject([
    { name: 'InvalidRequest', object: 'cluster on-premises', reason: expect.stringMatching(/^cluster\./) },
  ])
})
