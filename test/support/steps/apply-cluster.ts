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

/** Differences from the example. */
export interface Application {
  /** Default: the name of the test's cluster. */
  readonly name?: string
  readonly adopt?: boolean
  readonly bucket?: string
  readonly spec?: object
  readonly pools?: readonly string[]
  readonly poolSpec?: object
  readonly secretArn?: string
  readonly proxyUrl?: string
  readonly dryRun?: boolean
  /** The recorded facts of the cluster. */
  readonly facts?: Partial<ClusterFacts>
}

/**
 * A management cluster for the tests of a file, to which each test applies another cluster. Call it at the top of the file.
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
    /** The name of the test's cluster. */
    get name() {
      return name()
    },
    async apply(options: Application = {}) {
      const { adopt = false, bucket = 'prod-oidc', pools = ['pool-0'], secretArn = credentialsSecretArn } = options
      const clusterName = options.name ?? name()
      const poolSpec = { ...example.nodePools?.[0]?.spec, version: '1.33.2-gke.100', region: 'eu-west-1' }
      const request = description.input.parse({
        clusterName,
        management: { credentialsSecretArn: secretArn, namespace: 'default', proxyUrl: options.proxyUrl ?? bastionUrl },
        spec: { ...example.spec, ...options.spec },
        nodePools: pools.map((pool) => ({
          name: `${clusterName}-${pool}`,
          spec: { ...poolSpec, ...options.poolSpec },
        })),
        bucket,
        adopt,
      })
      const status = options.facts ? foundStatus(options.facts) : await readClusterStatus(clusterName)
      return run(request, stepContext(clusterName, undefined, options.dryRun, status))
    },
    /** The same change for the cluster and its node pool. */
    applied: (action: string) => [
      { object: `AWSCluster default/${name()}`, action },
      { object: `AWSNodePool default/${name()}-pool-0`, action },
    ],
  }
}
