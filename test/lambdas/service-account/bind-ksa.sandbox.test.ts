import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../../lambdas/service-account/bind-ksa.ts'
import { webhook } from '../../../lambdas/spec/parts.ts'
import type { Cluster } from '../../../sandbox/kubernetes/cluster.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { type AwsAccount, startAwsAccount } from '../../support/aws-account.ts'
import { bastionUrl, type Clusters, startClusters, writesTo } from '../../support/clusters.ts'
import { foundStatus, stepContext } from '../../support/step-context.ts'

const roleArn = 'arn:aws:iam::000000000000:role/workload-identity/prod-eu-default-s3-reader'

let aws: AwsAccount
let clusters: Clusters
let cluster: Cluster
let credentialsSecretArn: string
let namespace = ''
let count = 0

beforeAll(async () => {
  ;[aws, clusters] = await Promise.all([startAwsAccount(), startClusters()])
  cluster = await clusters.emulate('prod-eu', { behindBastion: true })
  credentialsSecretArn = await new SecretKeeper(aws.endpoint).keep('prod-eu/user-cluster', cluster.kubeconfig())
})
afterAll(async () => {
  await clusters.end()
  await aws.end()
})
beforeEach(() => {
  count += 1
  namespace = `team-${count}`
  cluster.calls.clear()
  cluster.faults.clear()
})

function bind() {
  const request = {
    target: { name: 'prod-eu', credentialsSecretArn, proxyUrl: bastionUrl },
    webhook: webhook.parse({}),
    workload: {
      namespace,
      serviceAccount: 's3-reader',
      role: { name: 'prod-eu-default-s3-reader', policyArns: [], maxSessionSeconds: 3600 },
    },
    roleArn,
    adopt: false,
  }
  return run(request, stepContext('prod-eu', undefined, false, foundStatus({ kubernetesMinor: 33 })))
}

const account = () => cluster.store.get('ServiceAccount', 's3-reader', namespace)

describe('a run that was cut off', () => {
  it.each(['Namespace', 'ServiceAccount'])('after writing the %s ends the same when it is run again', async (kind) => {
    const operation =
      kind === 'Namespace' ? `PATCH /api/v1/namespaces/${namespace}` : `PATCH *${namespace}/serviceaccounts/*`
    // The first of the two calls is the dry run.
    cluster.faults.add({ kind: 'drop-response', operation, times: 2 })
    await expect(bind()).rejects.toMatchObject({ name: 'Unreachable' })
    cluster.faults.clear()
    await bind()

    expect(account()?.metadata.annotations).toMatchObject({ 'eks.amazonaws.com/role-arn': roleArn })
    cluster.calls.clear()
    await bind()
    expect(writesTo(cluster)).toEqual([])
  })
})
