import { beforeAll, expect, it } from 'vitest'
import { description } from '../../../lambdas/cluster/observe-cluster.step.ts'
import { run } from '../../../lambdas/cluster/observe-cluster.ts'
import type { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import { checkedClusters } from '../../support/steps/check-cluster.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const fixture = checkedClusters((clusters) => clusters.emulate('management', { management: true, behindBastion: true }))
let management: Cluster

beforeAll(() => {
  management = fixture.management
})

const observe = () => {
  const { name: clusterName, management: at } = fixture.ofAnthos()
  const onManagement = { operation: 'setup', applies: true, nodePools: ['pool-0'] }
  return run(description.input.parse({ clusterName, management: at, onManagement }), stepContext(clusterName))
}

it('reviews the rights of a setup while it reads the AWSCluster, and reports an error of that read first', async () => {
  management.faults.add({ kind: 'refuse', operation: 'GET *awsclusters*', times: 1 })
  await expect(observe()).rejects.toMatchObject({
    name: 'AccessDenied',
    object: `AWSCluster default/${fixture.name}`,
  })
  expect(management.calls.all().map(({ operation }) => operation)).toContain(
    'POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
  )
})
