import type { RequestListener } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { description } from '../../../lambdas/cluster/check-cluster.step.ts'
import { run } from '../../../lambdas/cluster/check-cluster.ts'
import type { Cluster } from '../../../sandbox/kubernetes/cluster.ts'
import type { PublicHost } from '../../../sandbox/network/public-host.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { type AwsAccount, startAwsAccount } from '../../support/aws-account.ts'
import { bastionUrl, type ClusterOptions, type Clusters, startClusters } from '../../support/clusters.ts'
import { stepContext } from '../../support/step-context.ts'

const apiVersion = 'multicloud.cluster.gke.io/v1'

let aws: AwsAccount
let secrets: SecretKeeper
let clusters: Clusters
let management: Cluster
let managementSecret: string
let issuerHost: PublicHost
/** What the issuers' host answers, by path. */
const documents = new Map<string, string>()
let count = 0
let name = ''

beforeAll(async () => {
  ;[aws, clusters] = await Promise.all([startAwsAccount(), startClusters()])
  secrets = new SecretKeeper(aws.endpoint)
  management = await clusters.emulate('management', { management: true, behindBastion: true })
  managementSecret = await secrets.keep('prod/management', management.kubeconfig())
  issuerHost = await clusters.internet.host('issuers.example', answerDocument)
})
afterAll(async () => {
  await issuerHost.close()
  await clusters.end()
  await aws.end()
})
beforeEach(async () => {
  count += 1
  name = `prod-${count}`
  management.calls.clear()
  management.faults.clear()
  await aws.faults.clear()
})

const answerDocument: RequestListener = (request, response) => {
  const document = documents.get(request.url ?? '')
  if (document === undefined) response.writeHead(404).end()
  else response.writeHead(200, { 'content-type': 'application/json' }).end(document)
}

const issuerOf = (cluster = name) => `https://issuers.example/${cluster}`
const secretOf = (cluster = name) =>
  managementSecret.replace(/secret:.*$/, `secret:workload-identity/${cluster}/user-cluster`)

function publish(change: { issuer?: string; keys?: object[] } = {}): void {
  const { issuer = issuerOf(), keys = [{ kty: 'RSA', kid: '1', use: 'sig', alg: 'RS256', n: 'AQAB', e: 'AQAB' }] } =
    change
  const discovery = { issuer, jwks_uri: `${issuerOf()}/openid/v1/jwks` }
  documents.set(`/${name}/.well-known/openid-configuration`, JSON.stringify(discovery))
  documents.set(`/${name}/openid/v1/jwks`, JSON.stringify({ keys }))
}

/** As the management service does it: the AWSCluster first, its status later. */
function putAwsCluster(status?: object, workloadIdentity: object = { oidcDiscoveryGCSBucket: 'prod-oidc' }): void {
  management.store.put({
    apiVersion,
    kind: 'AWSCluster',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      resourceVersion: '',
      creationTimestamp: '2026-11-25T10:00:00Z',
    },
    spec: { controlPlane: { workloadIdentity } },
    ...(status && { status }),
  })
}

const provisioned = () => putAwsCluster({ clusterID: `id-${name}`, workloadIdentityInfo: { issuerURL: issuerOf() } })

async function startUser(options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = await clusters.emulate(name, { issuer: issuerOf(), behindBastion: true, ...options })
  await secrets.keep(`${name}/user-cluster`, cluster.kubeconfig())
  return cluster
}

const context = () => stepContext(name)

function check(change: object = {}) {
  const cluster = {
    name,
    provider: 'gke-on-aws',
    management: { credentialsSecretArn: managementSecret, namespace: 'default', proxyUrl: bastionUrl },
    credentialsSecretArn: secretOf(),
    proxyUrl: bastionUrl,
    ...change,
  }
  return run(description.input.parse({ cluster, bucket: 'prod-oidc' }), context())
}

function checkExisting(change: object = {}) {
  const cluster = { name, provider: 'existing', credentialsSecretArn: secretOf(), proxyUrl: bastionUrl, ...change }
  return run(description.input.parse({ cluster }), context())
}

describe('a cluster of Anthos on AWS', () => {
  it.each(['refuse', 'unavailable'] as const)(
    'is waited for without events where they cannot be listed: %s',
    async (kind) => {
      putAwsCluster()
      management.faults.add({ kind, operation: 'GET *events*', times: 1 })

      expect(await check()).toMatchObject({ waiting: { events: [] } })
    },
  )

  it('waits until a new cluster has made its first account', async () => {
    provisioned()
    publish()
    const { store } = await startUser()
    const account = store.get('ServiceAccount', 'default', 'default')
    if (account) store.remove(account)

    expect(await check()).toMatchObject({
      waiting: { reason: expect.stringContaining('no ServiceAccount default/default') },
    })
  })

  it('waits for its API server while that lets nobody in yet', async () => {
    provisioned()
    publish()
    const user = await startUser()
    user.faults.add({ kind: 'refuse', operation: 'GET /version', times: 1 })

    expect(await check()).toMatchObject({ waiting: { reason: expect.stringContaining('may not get /version') } })
    expect(await check()).toMatchObject({ output: {} })
  })

  it('is refused by its version when it is older than 1.19', async () => {
    provisioned()
    publish()
    await startUser({ version: '1.18.20' })

    await expect(check()).rejects.toMatchObject({
      name: 'Unsupported',
      reason: expect.stringContaining('it runs Kubernetes v1.18.20'),
    })
  })
})

describe('an existing cluster', () => {
  it('is refused when its tokens name an issuer inside the cluster', async () => {
    await startUser({ issuer: 'https://kubernetes.default.svc.cluster.local' })

    await expect(checkExisting()).rejects.toMatchObject({
      name: 'Unsupported',
      action: expect.stringContaining('--service-account-issuer'),
    })
  })
})
