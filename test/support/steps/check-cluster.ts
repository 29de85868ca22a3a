import { beforeAll, beforeEach } from 'vitest'
import { description } from '../../../lambdas/cluster/check-cluster.step.ts'
import { run } from '../../../lambdas/cluster/check-cluster.ts'
import type { ClusterStatus } from '../../../lambdas/operations/record/record.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { awsAccount } from '../aws/aws-account.ts'
import { bastionUrl } from '../kubernetes/clusters.ts'
import { type ReachableClusters, reachableClusters } from '../kubernetes/reachable-clusters.ts'
import { stepContext } from './step-context.ts'

interface Recorded {
  readonly dryRun?: boolean
  readonly status?: Partial<ClusterStatus>
  readonly provesIssuer?: boolean
  readonly needs?: object
}

/**
 * A management cluster and the host of issuers for the tests of a file. Each test checks a cluster with another name.
 * Call it at the top of the file.
 */
export function checkedClusters<Kind extends AnyCluster>(start: (clusters: ReachableClusters) => Promise<Kind>) {
  const aws = awsAccount()
  const clusters = reachableClusters()
  let secrets: SecretKeeper
  let management: Kind
  let managementSecret: string
  /** The documents of the issuers' host, by path. */
  const documents = new Map<string, () => string>()
  let keySet: object = { keys: [] }
  let count = 0
  beforeAll(async () => {
    secrets = new SecretKeeper(aws.endpoint)
    management = await start(clusters)
    managementSecret = await secrets.keep('prod/management', management.kubeconfig())
    await clusters.internet.host('issuers.example', (request, response) => {
      const document = documents.get(request.url ?? '')
      if (document === undefined) response.writeHead(404).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end(document())
    })
  })
  beforeEach(() => {
    count += 1
    documents.clear()
    management.calls.clear()
  })
  const name = () => `prod-${count}`
  const secretOf = () => managementSecret.replace(/secret:.*$/, `secret:workload-identity/${name()}/user-cluster`)
  const ofAnthos = () => ({
    name: name(),
    provider: 'gke-on-aws',
    management: { credentialsSecretArn: managementSecret, namespace: 'default', proxyUrl: bastionUrl },
    credentialsSecretArn: secretOf(),
    proxyUrl: bastionUrl,
  })
  return {
    aws,
    clusters,
    get management() {
      return management
    },
    get managementSecret() {
      return managementSecret
    },
    /** The name of the test's cluster. */
    get name() {
      return name()
    },
    /** ARN of the secret for the credentials of the test's cluster. `keep` creates the secret. */
    secretOf,
    /** The test's cluster in the form of a request for Anthos clusters on AWS. */
    ofAnthos,
    keep: (kubeconfig: string) => secrets.keep(`${name()}/user-cluster`, kubeconfig),
    /** From now on the published keys are those of this cluster. */
    async signedBy(cluster: AnyCluster) {
      keySet = (await cluster.issuerDocuments()).keySet
    },
    /** The documents of an issuer at `issuers.example`. */
    publish(at: string, { issuer = at, keys }: { issuer?: string; keys?: object[] } = {}) {
      const { pathname } = new URL(at)
      const discovery = { issuer, jwks_uri: `${at}/openid/v1/jwks` }
      documents.set(`${pathname}/.well-known/openid-configuration`, () => JSON.stringify(discovery))
      documents.set(`${pathname}/openid/v1/jwks`, () => JSON.stringify(keys ? { keys } : keySet))
    },
    check(change: object = {}) {
      const cluster = { ...ofAnthos(), ...change }
      return run(description.input.parse({ cluster, bucket: 'prod-oidc' }), stepContext(name()))
    },
    checkExisting(change: object = {}, { dryRun = false, status = {}, ...more }: Recorded = {}) {
      const given = { name: name(), provider: 'existing', credentialsSecretArn: secretOf(), proxyUrl: bastionUrl }
      const input = description.input.parse({ cluster: { ...given, ...change }, ...more })
      return run(input, stepContext(name(), undefined, dryRun, status))
    },
  }
}
