import { beforeAll, beforeEach } from 'vitest'
import { run } from '../../../lambdas/service-account/bind-ksa.ts'
import { type Webhook, webhook } from '../../../lambdas/spec/setup-request.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { awsAccount } from '../aws/aws-account.ts'
import { type ReachableClusters, reachableClusters } from '../kubernetes/reachable-clusters.ts'
import { foundStatus, stepContext } from './step-context.ts'

export const roleArn = 'arn:aws:iam::000000000000:role/workload-identity/prod-eu-default-s3-reader'

/** The webhook of the request, and other input of the step. */
export interface Binding extends Partial<Webhook> {
  readonly serviceAccount?: string
  readonly adopt?: boolean
  readonly minor?: number
  /** ARN of the role. Default: {@link roleArn}. */
  readonly role?: string
  readonly dryRun?: boolean
  /** The fingerprint of the service account in CheckCluster. */
  readonly seen?: string | undefined
}

type Start<Kind extends AnyCluster> = (clusters: ReachableClusters) => Promise<Kind>

/** A cluster for the tests of a file, with a namespace for each test. Call it at the top of the file. */
export function boundAccounts<Kind extends AnyCluster>(start: Start<Kind>) {
  const aws = awsAccount()
  const clusters = reachableClusters()
  return Object.assign(
    accountsOn(aws, () => start(clusters)),
    {
      /** Another cluster with another name, for the tests of a `describe`. Call it at its top. */
      beside: <Other extends AnyCluster>(startOther: Start<Other>) => accountsOn(aws, () => startOther(clusters)),
    },
  )
}

function accountsOn<Kind extends AnyCluster>(aws: { readonly endpoint: string }, start: () => Promise<Kind>) {
  let cluster: Kind
  let credentialsSecretArn: string
  let count = 0
  beforeAll(async () => {
    cluster = await start()
    const secrets = new SecretKeeper(aws.endpoint)
    credentialsSecretArn = await secrets.keep(`${cluster.name}/user-cluster`, cluster.kubeconfig())
  })
  beforeEach(() => {
    count += 1
    cluster.calls.clear()
  })
  const target = () => {
    const { proxyUrl } = cluster.settings
    return { name: cluster.name, credentialsSecretArn, ...(proxyUrl !== undefined && { proxyUrl }) }
  }
  const namespace = () => `team-${count}`
  return {
    get cluster() {
      return cluster
    },
    get namespace() {
      return namespace()
    },
    /** The cluster, as requests name it. */
    get target() {
      return target()
    },
    bind(binding: Binding = {}) {
      const { serviceAccount = 's3-reader', role: arn = roleArn, adopt = false, ...more } = binding
      const { minor = 33, dryRun, seen, ...desired } = more
      const role = { name: 'prod-eu-default-s3-reader', policyArns: [], maxSessionSeconds: 3600 }
      const request = {
        target: target(),
        webhook: webhook.parse(desired),
        workload: { namespace: namespace(), serviceAccount, role },
        roleArn: arn,
        adopt,
        seen,
      }
      return run(request, stepContext(cluster.name, undefined, dryRun, foundStatus({ kubernetesMinor: minor })))
    },
  }
}
