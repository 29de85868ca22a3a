import { expect, test } from 'vitest'
import { withRecordedNames } from '../../../lambdas/api/recorded-names.ts'
import type { RecordedCluster } from '../../../lambdas/operations/cluster-record.ts'
import { deployment } from '../../support/deployment.ts'
import { exampleRequest } from '../../support/requests.ts'
import { roleNameOf } from '../../support/roles.ts'

const at = '2026-11-27T00:00:00.000Z'
const requested = exampleRequest('setup')

function recordedAs(name: string): RecordedCluster {
  const { workloads, ...spec } = requested
  const items = workloads.map(({ namespace, serviceAccount, role }) => ({
    namespace,
    serviceAccount,
    spec: { ...role, name },
    status: { conditions: {} },
    updatedAt: at,
  }))
  const times = { createdAt: at, updatedAt: at }
  const cluster = { cluster: 'prod-eu', spec, status: { conditions: {} }, lastOperationId: 'id', ...times }
  return { cluster, workloads: items }
}

test.each([
  ['without a hash', 'prod-eu-default-s3-reader'],
  ['with a hash without the deployment', 'prod-eu-default-s3-reader-36d5727bb9e7'],
])('a role that was recorded with the default name of an earlier version, %s, keeps it', (_, name) => {
  const { workloads } = withRecordedNames(requested, recordedAs(name), deployment)
  expect(workloads[0]?.role.name).toBe(name)
})

test.each([
  ['of a cluster that is not recorded', undefined],
  ['that was recorded with its default name', recordedAs(roleNameOf('prod-eu'))],
  ['that was recorded with a name of its own', recordedAs('reader')],
])('a role %s gets the default name', (_, recorded) => {
  expect(withRecordedNames(requested, recorded, deployment)).toEqual(requested)
})

test('a name that is asked for is the name of the role', () => {
  const named = exampleRequest('setup', { 'workloads.0.role.name': 'reader' })
  expect(withRecordedNames(named, recordedAs('prod-eu-default-s3-reader'), deployment)).toEqual(named)
})
