import { describe, expect, it } from 'vitest'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { asObject } from '../../../sandbox/kubernetes/objects/objects.ts'
import { newOperation, recordSetUpAs } from '../../support/api/operations.ts'
import { exampleRequest } from '../../support/api/requests.ts'
import { callsTo, clientOf, objectIn, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { type Application, appliedClusters } from '../../support/steps/apply-cluster.ts'

const apiVersion = 'multicloud.cluster.gke.io/v1'
const example = exampleRequest('setup').cluster

const world = appliedClusters((clusters) => clusters.start('management', { management: true, behindBastion: true }))

const awsCluster = () => objectIn(world.management, 'AWSCluster', { name: world.name, namespace: 'default' })
const nodePool = () => objectIn(world.management, 'AWSNodePool', { name: `${world.name}-pool-0`, namespace: 'default' })

const document = 'amazon/amazon-eks-pod-identity-webhook:ed8c41f'

/** What a setup that went to its end has left in the record. */
async function recordWebhook(mode: 'own-ca' | 'csr', kubernetesMinor: number, image = document): Promise<void> {
  const webhook = { mode, image, namespace: 'workload-identity-webhook', replicas: 2 }
  const { operation, change } = newOperation({ cluster: world.name })
  await recordOperation({ operation, request: {}, ...(change && { change }) })
  await recordSetUpAs(world.name, { facts: { kubernetesMinor }, webhook })
}

const of1 = (minor: number) => ({
  ...example.spec,
  controlPlane: { ...asObject(example.spec?.controlPlane), version: `1.${minor}.8-gke.100` },
})

describe('a version on which the webhook does not work', () => {
  it('is refused before anything is written, with the operation that comes first', async () => {
    await recordWebhook('csr', 21)
    await expect(world.apply({ spec: of1(22) })).rejects.toThrow(`wid upgrade ${world.name} --certificate own-ca`)
    expect(writesTo(world.management)).toEqual([])
  })

  it('is no matter when the cluster has it already', async () => {
    await world.apply({ spec: of1(22) })
    await recordWebhook('csr', 21)
    expect(await world.apply({ spec: of1(22) })).toMatchObject({ changes: world.applied('unchanged') })
  })

  it('is refused from a version on which it does not work already', async () => {
    await world.apply({ spec: of1(22) })
    await recordWebhook('csr', 22)
    await expect(world.apply({ spec: of1(23) })).rejects.toThrow('no cluster signs from 1.22 on')
    expect(await world.apply({ spec: of1(22) })).toMatchObject({ changes: world.applied('unchanged') })
  })

  it('is applied when the webhook has a certificate of ours', async () => {
    await recordWebhook('own-ca', 21)
    expect(await world.apply({ spec: of1(22) })).toMatchObject({ changes: world.applied('created') })
  })
})

describe('a cluster that was found on another management cluster', () => {
  const foundAt = { server: 'https://first.example', namespace: 'default' }

  it.each([false, true])('is not made a second time (dry run: %s), and the error names both places', async (dryRun) => {
    await expect(world.apply({ facts: { foundAt }, dryRun })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: world.credentialsSecretArn,
      reason: expect.stringMatching(
        new RegExp(
          `${clientOf(world.management).server}, which has no AWSCluster default/${world.name}; .*${foundAt.server}`,
        ),
      ),
      action: expect.stringContaining(`DELETE /v1/clusters/${world.name}`),
    })
    expect(writesTo(world.management)).toEqual([])
  })

  it('is applied when it is here, for the address of a management cluster may change', async () => {
    await world.apply()
    expect(await world.apply({ facts: { foundAt } })).toMatchObject({ changes: world.applied('unchanged') })
  })
})

describe('applying a cluster', () => {
  it('makes AWSCluster and node pools with our mark, the bucket in its spec', async () => {
    expect(await world.apply()).toEqual({ output: {}, changes: world.applied('created') })

    expect(await awsCluster()).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'workload-identity' } },
      spec: { controlPlane: { version: '1.33.2-gke.100', workloadIdentity: { oidcDiscoveryGCSBucket: 'prod-oidc' } } },
    })
    expect(await nodePool()).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'workload-identity' } },
      spec: { clusterName: world.name, minNodeCount: 3 },
    })
  })

  it('reaches the management cluster through the bastion of the request only', async () => {
    const { asked } = world.clusters.bastion
    const before = asked.get('management.clusters.example:443') ?? 0
    await world.apply()

    expect(asked.get('management.clusters.example:443')).toBeGreaterThan(before)
    expect(world.clusters.internet.proxy.asked.has('management.clusters.example:443')).toBe(false)
  })

  it('tries each object once, and writes the node pools after the cluster and beside each other', async () => {
    await world.apply({ pools: ['pool-0', 'pool-1'] })

    const applies = callsTo(world.management).filter(({ operation }) => operation.startsWith('PATCH '))
    const objectOf = ({ operation }: { operation: string }) => operation.split('/').at(-1)
    const [tried, written] = [false, true].map((write) => applies.filter((call) => call.write === write).map(objectOf))
    const { name } = world
    expect(tried?.toSorted()).toEqual([name, `${name}-pool-0`, `${name}-pool-1`])
    expect([written?.[0], ...(written?.slice(1).toSorted() ?? [])]).toEqual([name, `${name}-pool-0`, `${name}-pool-1`])
  })

  it('writes nothing the second time', async () => {
    await world.apply()
    world.management.calls.clear()

    expect(await world.apply()).toEqual({ output: {}, changes: world.applied('unchanged') })
    expect(writesTo(world.management)).toEqual([])
  })

  it('changes only what is asked for otherwise', async () => {
    await world.apply()

    expect(await world.apply({ poolSpec: { maxNodeCount: 9 } })).toMatchObject({
      changes: [{ action: 'unchanged' }, { action: 'updated', detail: 'spec.maxNodeCount' }],
    })
    expect((await nodePool())?.spec).toMatchObject({ maxNodeCount: 9 })
  })

  it('adds a node pool and leaves one that is no longer in the request', async () => {
    await world.apply({ pools: ['pool-0'] })
    const result = await world.apply({ pools: ['pool-1'] })

    expect(result).toMatchObject({ changes: [{ action: 'unchanged' }, { action: 'created' }] })
    expect(await nodePool()).toBeDefined()
  })

  it('writes nothing at all when the server refuses one of the objects', async () => {
    await expect(world.apply({ poolSpec: { minNodeCount: 'three' } })).rejects.toMatchObject({
      name: 'InvalidObject',
      object: `AWSNodePool default/${world.name}-pool-0`,
    })
    expect(writesTo(world.management)).toEqual([])
  })

  it('leaves the node pool of another cluster alone, and names that cluster', async () => {
    await world.apply({ pools: [] })
    const other = `${world.name}-other`
    const pool = nodePoolManifest(`${other}-pool-0`, world.name)
    await writeAs(world.management, 'workload-identity', pool)
    world.management.calls.clear()

    for (const adopt of [false, true]) {
      await expect(world.apply({ name: other, adopt })).rejects.toMatchObject({
        name: 'OwnershipConflict',
        reason: `it is a node pool of cluster ${world.name}`,
      })
    }
    expect(writesTo(world.management)).toEqual([])
  })
})

describe('a dry run', () => {
  const dryRun = async (ask: Application = {}) => {
    world.management.calls.clear()
    const result = await world.apply({ ...ask, dryRun: true })
    expect(writesTo(world.management)).toEqual([])
    return result
  }

  it('tells field by field what would be changed, and that the rest would not', async () => {
    await world.apply()
    expect(await dryRun()).toEqual({ output: {}, changes: world.applied('unchanged') })
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
        { object: `AWSCluster default/${world.name}`, action: 'created' },
        { object: `AWSNodePool default/${world.name}-pool-0`, refused: { name: 'InvalidObject' } },
        { object: `AWSNodePool default/${world.name}-pool-1`, refused: { name: 'InvalidObject' } },
      ],
    })
    await writeAs(world.management, 'workload-identity', nodePoolManifest(`${world.name}-pool-0`, 'another'))
    expect(await dryRun()).toMatchObject({
      changes: [
        { action: 'created' },
        { refused: { name: 'OwnershipConflict', reason: 'it is a node pool of cluster another' } },
      ],
    })
  })
})

it('an AWSCluster that somebody made by hand is refused without adopt', async () => {
  const metadata = { name: world.name, namespace: 'default' }
  const byHand = { apiVersion, kind: 'AWSCluster', metadata, spec: { ...example.spec } }
  await writeAs(world.management, 'kubectl-client-side-apply', byHand)
  world.management.calls.clear()

  await expect(world.apply()).rejects.toMatchObject({
    name: 'OwnershipConflict',
    object: `AWSCluster default/${world.name}`,
  })
  expect(writesTo(world.management)).toEqual([])
})

describe('a management cluster', () => {
  it('that has no AWSCluster type is told so', async () => {
    const other = await world.clusters.emulate('other', { behindBastion: true })
    const secretArn = await world.secrets.keep('prod/no-crd', other.kubeconfig())

    await expect(world.apply({ secretArn })).rejects.toMatchObject({
      name: 'MissingResourceType',
      object: `AWSCluster (${apiVersion})`,
    })
  })

  it('that rejects the token is named with the secret', async () => {
    const kubeconfig = world.management.kubeconfig().replace(/token: .*/, 'token: expired')
    const secretArn = await world.secrets.keep('prod/rejected', kubeconfig)

    await expect(world.apply({ secretArn })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: secretArn,
      reason: expect.stringContaining(`cluster ${world.name} (management) rejects the credentials`),
    })
  })

  it('whose secret is not there is told how to make it', async () => {
    const secretArn = world.credentialsSecretArn.replace('prod/management', 'prod/absent')

    await expect(world.apply({ secretArn })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: secretArn,
      action: expect.stringContaining('aws secretsmanager create-secret'),
    })
  })
})

function nodePoolManifest(name: string, clusterName: string) {
  const spec = { ...example.nodePools?.[0]?.spec, version: '1.33.2-gke.100', region: 'eu-west-1', clusterName }
  return { apiVersion, kind: 'AWSNodePool', metadata: { name, namespace: 'default' }, spec }
}
