import { expect, test } from 'vitest'
import * as listWorkloads from '../../../lambdas/api/workloads/list-workloads.ts'
import { aliceAdministers, apiAccount, callApi, useAccessRules } from '../../support/api/api.ts'
import { recordRole } from '../../support/api/operations.ts'

apiAccount()
useAccessRules({
  ...aliceAdministers,
  policies: { 'no-hidden': 'forbid (principal, action == Action::"get-cluster", resource == Cluster::"hidden");' },
})

test('the list omits the workloads of a cluster that a policy of the settings forbids', async () => {
  for (const cluster of ['hidden', 'shown']) {
    await recordRole(cluster, { namespace: 'default', serviceAccount: 'reader' })
  }
  const { body } = await callApi(listWorkloads.handler)
  expect(body.workloads.map(({ cluster }: { cluster: string }) => cluster)).toEqual(['shown'])
})
