import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { description } from '../../../lambdas/cluster/apply-cluster.step.ts'
import { run } from '../../../lambdas/cluster/apply-cluster.ts'
import type { Cluster } from '../../../sandbox/kubernetes/cluster.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { type AwsAccount, startAwsAccount } from '../../support/aws-account.ts'
import { bastionUrl, type Clusters, startClusters } from '../../support/clusters.ts'
import { exampleRequest } from '../../support/requests.ts'
import { stepContext } from '../../support/step-context.ts'

const example = exampleRequest('setup').cluster

let aws: AwsAccount
let secrets: SecretKeeper
let clusters: Clusters
let management: Cluster
let credentialsSecretArn: string
let clusterName = ''
let count = 0

beforeAll(async () => {
  ;[aws, clusters] = await Promise.all([startAwsAccount(), startClusters()])
  secrets = new SecretKeeper(aws.endpoint)
  management = await clusters.emulate('management', { management: true, behindBastion: true })
  credentialsSecretArn = await secrets.keep('prod/management', management.kubeconfig())
})
afterAll(async () => {
  await clusters.end()
  await aws.end()
})
beforeEach(async () => {
  count += 1
  clusterName = `prod-${count}`
  management.calls.clear()
  management.faults.clear()
  await aws.faults.clear()
})

function apply() {
  const poolSpec = { ...example.nodePools?.[0]?.spec, version: '1.33.2-gke.100', region: 'eu-west-1' }
  const request = description.input.parse({
    clusterName,
    management: { credentialsSecretArn, namespace: 'default', proxyUrl: bastionUrl },
    spec: { ...example.spec },
    nodePools: [{ name: `${clusterName}-pool-0`, spec: poolSpec }],
    bucket: 'prod-oidc',
    adopt: false,
  })
  return run(request, stepContext(clusterName))
}

const applied = (change: string) => [
  { object: `AWSCluster default/${clusterName}`, action: change },
  { object: `AWSNodePool default/${clusterName}-pool-0`, action: change },
]

describe('applying a cluster', () => {
  it('converges after the answer to a write was lost', async () => {
    management.faults.add({ kind: 'drop-response', operation: `PATCH *awsclusters/${clusterName}`, times: 2 })
    await expect(apply()).rejects.toMatchObject({ name: 'Unreachable' })
    management.faults.clear()

    await apply()
    expect(await apply()).toEqual({ output: {}, changes: applied('unchanged') })
  })
})
