import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { description } from '../../../lambdas/cluster/apply-cluster.step.ts'
import { run } from '../../../lambdas/cluster/apply-cluster.ts'
import { recordOperation } from '../../../lambdas/operations/operations.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/any-cluster.ts'
import { asObject } from '../../../sandbox/kubernetes/objects.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { type AwsAccount, startAwsAccount } from '../../support/aws-account.ts'
import { bastionUrl, type Clusters, objectIn, startClusters, writeAs, writesTo } from '../../support/clusters.ts'
import { newOperation, recordSetUpAs } from '../../support/operations.ts'
import { exampleRequest } from '../../support/requests.ts'
import { stepContext } from '../../support/step-context.ts'

const apiVersion = 'multicloud.cluster.gke.io/v1'
const example = exampleRequest('setup').cluster

let aws: AwsAccount
let secrets: SecretKeeper
let clusters: Clusters
let management: AnyCluster
let credentialsSecretArn: string
let clusterName = ''
let count = 0

beforeAll(async () => {
  ;[aws, clusters] = await Promise.all([startAwsAccount(), startClusters()])
  secrets = new SecretKeeper(aws.endpoint)
  management = await clusters.start('management', { management: true, behindBastion: true })
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
  await aws.faults.clear()
})

interface Ask {
  adopt?: boolean
  bucket?: string
  spec?: object
  pools?: readonly string[]
  poolSpec?: object
  secretArn?: string
  proxyUrl?: string
  dryRun?: boolean
}

function apply(ask: Ask = {}) {
  const { adopt = false, bucket = 'prod-oidc', pools = ['pool-0'], secretArn = credentialsSecretArn } = ask
  const poolSpec = { ...example.nodePools?.[0]?.spec, version: '1.33.2-gke.100', region: 'eu-west-1' }
  const request = description.input.parse({
    clusterName,
    management: { credentialsSecretArn: secretArn, namespace: 'default', proxyUrl: ask.proxyUrl ?? bastionUrl },
    spec: { ...example.spec, ...ask.spec },
    nodePools: pools.map((name) => ({ name: `${clusterName}-${name}`, spec: { ...poolSpec, ...ask.poolSpec } })),
    bucket,
    adopt,
  })
  return run(request, stepContext(clusterName, undefined, ask.dryRun))
}

const awsCluster = () => objectIn(management, 'AWSCluster', { name: clusterName, namespace: 'default' })
const nodePool = () => objectIn(management, 'AWSNodePool', { name: `${clusterName}-pool-0`, namespace: 'default' })
const applied = (change: string) => [
  { object: `AWSCluster default/${clusterName}`, action: change },
  { object: `AWSNodePool default/${clusterName}-pool-0`, action: change },
]

const document = 'amazon/amazon-eks-pod-identity-webhook:ed8c41f'

/** What a setup that went to its end has left in the record. */
async function recordWebhook(mode: 'own-ca' | 'csr', kubernetesMinor: number, image = document): Promise<void> {
  const webhook = { mode, image, namespace: 'workload-identity-webhook', replicas: 2 }
  const { operation, change } = newOperation({ cluster: clusterName })
  await recordOperation({ operation, request: {}, ...(change && { change }) })
  await recordSetUpAs(clusterName, { facts: { kubernetesMinor }, webhook })
}

const of1 = (minor: number) => ({
  ...example.spec,
  controlPlane: { ...asObject(example.spec?.controlPlane), version: `1.${minor}.8-gke.100` },
})

describe('a version on which the webhook does not work', () => {
  it('is refused before anything is written, with the operation that comes first', async () => {
    await recordWebhook('csr', 21)
    await expect(apply({ spec: of1(22) })).rejects.toThrow(`POST /v1/clusters/${clusterName}/webhook-upgrades`)
    expect(writesTo(management)).toEqual([])
  })

  it('is no matter when the cluster has it already', async () => {
    await apply({ spec: of1(22) })
    await recordWebhook('csr', 21)
    expect(await apply({ spec: of1(22) })).toMatchObject({ changes: applied('unchanged') })
  })

  it('is refused from a version on which it does not work already: what the record has is release-0.2.2-gke.0', async () => {
    await apply({ spec: of1(20) })
    await recordWebhook('csr', 20, 'gcr.io/gke/webhook:release-0.2.2-gke.0')
    await expect(apply({ spec: of1(21) })).rejects.toThrow('does not work from 1.19 on')
    expect(await apply({ spec: of1(20) })).toMatchObject({ changes: applied('unchanged') })
  })

  it('is applied when the webhook has a certificate of ours', async () => {
    await recordWebhook('own-ca', 21)
    expect(await apply({ spec: of1(22) })).toMatchObject({ changes: applied('created') })
  })
})

describe('applying a cluster', () => {
  it('makes AWSCluster and node pools with our mark, the bucket in its spec', async () => {
    expect(await apply()).toEqual({ output: {}, changes: applied('created') })

    expect(await awsCluster()).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'workload-identity' } },
      spec: { controlPlane: { version: '1.33.2-gke.100', workloadIdentity: { oidcDiscoveryGCSBucket: 'prod-oidc' } } },
    })
    expect(await nodePool()).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'workload-identity' } },
      spec: { clusterName, minNodeCount: 3 },
    })
  })

  it('reaches the management cluster through the bastion of the request only', async () => {
    const { asked } = clusters.bastion
    const before = asked.get('management.clusters.example:443') ?? 0
    await apply()

    expect(asked.get('management.clusters.example:443')).toBeGreaterThan(before)
    expect(clusters.internet.proxy.asked.has('management.clusters.example:443')).toBe(false)
  })

  it('writes nothing the second time', async () => {
    await apply()
    management.calls.clear()

    expect(await apply()).toEqual({ output: {}, changes: applied('unchanged') })
    expect(writesTo(management)).toEqual([])
  })

  it('changes only what is asked for otherwise', async () => {
    await apply()

    expect(await apply({ poolSpec: { maxNodeCount: 9 } })).toMatchObject({
      changes: [{ action: 'unchanged' }, { action: 'updated', detail: 'spec.maxNodeCount' }],
    })
    expect((await nodePool())?.spec).toMatchObject({ maxNodeCount: 9 })
  })

  it('adds a node pool and leaves one that is no longer in the request', async () => {
    await apply({ pools: ['pool-0'] })
    const result = await apply({ pools: ['pool-1'] })

    expect(result).toMatchObject({ changes: [{ action: 'unchanged' }, { action: 'created' }] })
    expect(await nodePool()).toBeDefined()
  })

  it('writes nothing at all when the server refuses one of the objects', async () => {
    await expect(apply({ poolSpec: { minNodeCount: 'three' } })).rejects.toMatchObject({
      name: 'InvalidObject',
      object: `AWSNodePool default/${clusterName}-pool-0`,
    })
    expect(writesTo(management)).toEqual([])
  })

  it('leaves the node pool of another cluster alone, and names that cluster', async () => {
    const first = clusterName
    await apply({ pools: [] })
    clusterName = `${first}-other`
    const pool = nodePoolManifest(`${clusterName}-pool-0`, first)
    await writeAs(management, 'workload-identity', pool)
    management.calls.clear()

    for (const adopt of [false, true]) {
      await expect(apply({ adopt })).rejects.toMatchObject({
        name: 'OwnershipConflict',
        reason: `it is a node pool of cluster ${first}`,
      })
    }
    expect(writesTo(management)).toEqual([])
  })
})

describe('a dry run', () => {
  const dryRun = async (ask: Ask = {}) => {
    management.calls.clear()
    const result = await apply({ ...ask, dryRun: true })
    expect(writesTo(management)).toEqual([])
    return result
  }

  it('tells what would be made, and writes nothing', async () => {
    expect(await dryRun()).toEqual({ output: {}, changes: applied('created') })
    expect(await awsCluster()).toBeUndefined()
  })

  it('tells field by field what would be changed, and that the rest would not', async () => {
    await apply()
    expect(await dryRun()).toEqual({ output: {}, changes: applied('unchanged') })
    expect(await dryRun({ poolSpec: { maxNodeCount: 9 } })).toMatchObject({
      changes: [
        { action: 'unchanged' },
        {
          action: 'updated',
          differences: [{ field: 'spec.maxNodeCount', desired: 9, observed: 5, manager: 'workload-identity' }],
        },
      ],
    })
  })

  it('tells the refusal of one object beside what would be done to the others', async () => {
    expect(await dryRun({ pools: ['pool-0', 'pool-1'], poolSpec: { minNodeCount: 'three' } })).toMatchObject({
      changes: [
        { object: `AWSCluster default/${clusterName}`, action: 'created' },
        { object: `AWSNodePool default/${clusterName}-pool-0`, refused: { name: 'InvalidObject' } },
        { object: `AWSNodePool default/${clusterName}-pool-1`, refused: { name: 'InvalidObject' } },
      ],
    })
    await writeAs(management, 'workload-identity', nodePoolManifest(`${clusterName}-pool-0`, 'another'))
    expect(await dryRun()).toMatchObject({
      changes: [
        { action: 'created' },
        { refused: { name: 'OwnershipConflict', reason: 'it is a node pool of cluster another' } },
      ],
    })
  })
})

describe('an AWSCluster that somebody made by hand', () => {
  const byHand = () =>
    writeAs(management, 'kubectl-client-side-apply', {
      apiVersion,
      kind: 'AWSCluster',
      metadata: { name: clusterName, namespace: 'default' },
      spec: {
        ...example.spec,
        controlPlane: { ...(example.spec?.controlPlane as object), instanceType: 'm5.2xlarge' },
      },
    })

  it('is refused without adopt', async () => {
    await byHand()
    management.calls.clear()

    await expect(apply()).rejects.toMatchObject({
      name: 'OwnershipConflict',
      object: `AWSCluster default/${clusterName}`,
    })
    expect(writesTo(management)).toEqual([])
  })

  it('is adopted and brought to what is asked', async () => {
    await byHand()

    expect(await apply({ adopt: true })).toMatchObject({ changes: [{ action: 'adopted' }, { action: 'created' }] })
    expect(await awsCluster()).toMatchObject({
      metadata: { annotations: { 'workload-identity/adopted': 'true' } },
      spec: { controlPlane: { instanceType: 'm5.large' } },
    })
  })

  it('keeps a field that a controller owns, which is named with it', async () => {
    await apply()
    await writeAs(management, 'fleet-controller', {
      apiVersion,
      kind: 'AWSCluster',
      metadata: { name: clusterName, namespace: 'default' },
      spec: { ...example.spec, region: 'eu-west-3' },
    })

    await expect(apply()).rejects.toMatchObject({
      name: 'FieldConflict',
      reason: expect.stringContaining('.spec.region (fleet-controller)'),
    })
  })
})

describe('a management cluster', () => {
  it('that has no AWSCluster type is told so', async () => {
    const other = await clusters.emulate('other', { behindBastion: true })
    const secretArn = await secrets.keep('prod/no-crd', other.kubeconfig())

    await expect(apply({ secretArn })).rejects.toMatchObject({
      name: 'MissingResourceType',
      object: `AWSCluster (${apiVersion})`,
    })
  })

  it('whose proxy is down is unreachable by the name of the proxy', async () => {
    clusters.internet.proxy.route('down.anthos.internal:8118', 9)

    await expect(apply({ proxyUrl: 'http://down.anthos.internal:8118' })).rejects.toMatchObject({
      name: 'Unreachable',
      object: 'down.anthos.internal:8118',
      transient: true,
    })
  })

  it('that rejects the token is named with the secret', async () => {
    const kubeconfig = management.kubeconfig().replace(/token: .*/, 'token: expired')
    const secretArn = await secrets.keep('prod/rejected', kubeconfig)

    await expect(apply({ secretArn })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: secretArn,
      reason: expect.stringContaining(`cluster ${clusterName} (management) rejects the credentials`),
    })
  })

  it('whose secret is not there is told how to make it', async () => {
    const secretArn = credentialsSecretArn.replace('prod/management', 'prod/absent')

    await expect(apply({ secretArn })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: secretArn,
      action: expect.stringContaining('aws secretsmanager create-secret'),
    })
  })

  it('whose secret may not be read is told the action', async () => {
    await aws.faults.add({ kind: 'refuse', operation: 'secretsmanager:GetSecretValue', times: 1 })

    await expect(apply()).rejects.toMatchObject({
      name: 'AccessDenied',
      object: credentialsSecretArn,
      reason: expect.stringContaining('secretsmanager:GetSecretValue'),
    })
  })

  it('whose kubeconfig runs a program is refused before anything is run', async () => {
    const user = { name: 'u', user: { exec: { command: 'touch', args: ['/tmp/must-not-be-there'] } } }
    const secretArn = await secrets.keep('prod/exec', stringify({ ...kubeconfigOf(management), users: [user] }))

    await expect(apply({ secretArn })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      reason: expect.stringContaining('exec: it runs a program'),
    })
  })
})

function nodePoolManifest(name: string, clusterName: string) {
  const spec = { ...example.nodePools?.[0]?.spec, version: '1.33.2-gke.100', region: 'eu-west-1', clusterName }
  return { apiVersion, kind: 'AWSNodePool', metadata: { name, namespace: 'default' }, spec }
}

function kubeconfigOf(cluster: AnyCluster): object {
  const context = { name: 'c', context: { cluster: 'c', user: 'u' } }
  const server = { server: 'https://management.clusters.example', 'certificate-authority-data': cluster.caPem }
  return { kind: 'Config', clusters: [{ name: 'c', cluster: server }], contexts: [context] }
}
