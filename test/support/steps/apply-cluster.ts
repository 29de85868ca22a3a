import { beforeAll, beforeEach } from 'vitest'
import { description } from '../../../lambdas/cluster/apply-cluster.step.ts'
import { run } from '../../../lambdas/cluster/apply-cluster.ts'
import { readClusterStatus } from '../../../lambdas/operations/record/cluster-record.ts'
import type { ClusterFacts } from '../../../lambdas/operations/record/record.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { exampleRequest } from '../api/requests.ts'
import { awsAccount } from '../aws/aws-account.ts'
import { bastionUrl } from '../kubernetes/clusters.ts'
import { type ReachableClusters, reachableClusters } from '../kubernetes/reachable-clusters.ts'
import { foundStatus, stepContext } from './step-context.ts'

const example = exampleRequest('setup').cluster

/** What is otherwise asked than by the example. */
export interface Application {
  /** That of the test's cluster when left out. */
  readonly name?: string
  readonly adopt?: boolean
  readonly bucket?: string
  readonly spec?: object
  readonly pools?: readonly string[]
  readonly poolSpec?: object
  readonly secretArn?: string
  readonly proxyUrl?: string
  readonly dryRun?: boolean
  /** What the record has of the cluster. */
  readonly facts?: Partial<ClusterFacts>
}

/**
 * A management cluster for the tests of a file, to which each test applies a cluster of its own. Called at the top of the file.
 */
export function appliedClusters<Kind extends AnyCluster>(start: (clusters: ReachableClusters) => Promise<Kind>) {
  const aws = awsAccount()
  const clusters = reachableClusters()
  let secrets: SecretKeeper
  let management: Kind
  let credentialsSecretArn: string
  let count = 0
  beforeAll(async () => {
    secrets = new SecretKeeper(aws.endpoint)
    management = await start(clusters)
    credentialsSecretArn = await secrets.keep('prod/management', management.kubeconfig())
  })
  beforeEach(async () => {
    count += 1
    management.calls.clear()
    await aws.faults.clear()
  })
  const name = () => `prod-${count}`
  return {
    aws,
    clusters,
    get secrets() {
      return secrets
    },
    get credentialsSecretArn() {
      return credentialsSecretArn
    },
    get management() {
      return management
    },
    /** Of the test's cluster. */
    get name() {
      return name()
    },
    async apply(ask: Application = {}) {
      const { adopt = false, bucket = 'prod-oidc', pools = ['pool-0'], secretArn = credentialsSecretArn } = ask
      const clusterName = ask.name ?? name()
      const poolSpec = { ...example.nodePools?.[0]?.spec, version: '1.33.2-gke.100', region: 'eu-west-1' }
      const request = description.input.parse({
        clusterName,
        management: { credentialsSecretArn: secretArn, namespace: 'default', proxyUrl: ask.proxyUrl ?? bastionUrl },
        spec: { ...example.spec, ...ask.spec },
        nodePools: pools.map((pool) => ({ name: `${clusterName}-${pool}`, spec: { ...poolSpec, ...ask.poolSpec } })),
        bucket,
        adopt,
      })
      const status = ask.facts ? foundStatus(ask.facts) : await readClusterStatus(clusterName)
      return run(request, stepContext(clusterName, undefined, ask.dryRun, status))
    },
    /** The same change of the cluster and of its pool. */
    applied: (action: string) => [
      { object: `AWSCluster default/${name()}`, action },
      { object: `AWSNodePool default/${name()}-pool-0`, action },
    ],
  }
}
