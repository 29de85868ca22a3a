import { describe, expect, it } from 'vitest'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { asObject } from '../../../sandbox/kubernetes/objects/objects.ts'
import { newOperation, recordSetUpAs } from '../../support/api/operations.ts'
import { exampleRequest } from '../../support/api/requests.ts'
import { callsTo, clientOf, objectIn, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { type Application, appliedClusters } from '../../support/steps/apply-cluster.ts'

const apiVersion = 'multicloud.cluster.gke.io/v1'
const example = exampleRequest('setup').cluster

const fixture = appliedClusters((clusters) => clusters.start('management', { management: true, behindBastion: true }))

const awsCluster = () => objectIn(fixture.management, 'AWSCluster', { name: fixture.name, namespace: 'default' })
const nodePool = () =>
  objectIn(fixture.management, 'AWSNodePool', { name: `${fixture.name}-pool-0`, namespace: 'default' })

const document = 'amazon/amazon-eks-pod-identity-webhook:ed8c41f'

/** Records the webhook as a successful setup does. */
async function recordWebhook(mode: 'own-ca' | 'csr', kubernetesMinor: number): Promise<void> {
  const webhook = { mode, image: document, namespace: 'workload-identity-webhook', replicas: 2 }
  const { operation, change } = newOperation({ cluster: fixture.name })
  await recordOperation({ operation, request: {}, ...(change && { change }) })
  await recordSetUpAs(fixture.name, { facts: { kubernetesMinor }, webhook })
}

const specOfVersion = (minor: number) => ({
  ...example.spec,
  controlPlane: { ...asObject(example.spec?.controlPlane), version: `1.${minor}.8-gke.100` },
})

describe('a version on which the webhook does not work', () => {
  it('is refused before the first write, and the error names the upgrade that has to run first', async () => {
    await recordWebhook('csr', 21)
    await expect(fixture.apply({ spec: specOfVersion(22) })).rejects.toThrow(
      `wid upgrade ${fixture.name} --certificate own-ca`,
    )
    expect(writesTo(fixture.management)).toEqual([])
  })

  it('is accepted when the cluster has it already', async () => {
    await fixture.apply({ spec: specOfVersion(22) })
    await recordWebhook('csr', 21)
    expect(await fixture.apply({ spec: specOfVersion(22) })).toMatchObject({ changes: fixture.applied('unchanged') })
  })

  it('is refused when the webhook does not work on the current version either', async () => {
    await fixture.apply({ spec: specOfVersion(22) })
    await recordWebhook('csr', 22)
    await expect(fixture.apply({ spec: specOfVersion(23) })).rejects.toThrow(
      'from 1.22 on, no cluster signs the certificate',
    )
    expect(await fixture.apply({ spec: specOfVersion(22) })).toMatchObject({ changes: fixture.applied('unchanged') })
  })

  it('is accepted when the webhook has an own-ca certificate', async () => {
    await recordWebhook('own-ca', 21)
    expect(await fixture.apply({ spec: specOfVersion(22) })).toMatchObject({ changes: fixture.applied('created') })
  })
})

describe('a cluster that was found on another management cluster', () => {
  const foundAt = { server: 'https://first.example', namespace: 'default' }

  it.each([false, true])('is not created again, and the error names both servers (dry run: %s)', async (dryRun) => {
    await expect(fixture.apply({ facts: { foundAt }, dryRun })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: fixture.credentialsSecretArn,
      reason: expect.stringMatching(
        new RegExp(
          `${clientOf(fixture.management).server}, which has no AWSCluster default/${fixture.name}; .*${foundAt.server}`,
        ),
      ),
      action: expect.stringContaining(`DELETE /v1/clusters/${fixture.name}`),
    })
    expect(writesTo(fixture.management)).toEqual([])
  })

  it('is applied when it exists here, because the address of a management cluster may change', async () => {
    await fixture.apply()
    expect(await fixture.apply({ facts: { foundAt } })).toMatchObject({ changes: fixture.applied('unchanged') })
  })
})

describe('applying a cluster', () => {
  it('creates AWSCluster and node pools with our label, and the bucket in the spec', async () => {
    expect(await fixture.apply()).toEqual({ output: {}, changes: fixture.applied('created') })

    expect(await awsCluster()).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'workload-identity' } },
      spec: { controlPlane: { version: '1.33.2-gke.100', workloadIdentity: { oidcDiscoveryGCSBucket: 'prod-oidc' } } },
    })
    expect(await nodePool()).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'workload-identity' } },
      spec: { clusterName: fixture.name, minNodeCount: 3 },
    })
  })

  it('connects to the management cluster only through the bastion of the request', async () => {
    const { asked } = fixture.clusters.bastion
    const before = asked.get('management.clusters.example:443') ?? 0
    await fixture.apply()

    expect(asked.get('management.clusters.example:443')).toBeGreaterThan(before)
    expect(fixture.clusters.internet.proxy.asked.has('management.clusters.example:443')).toBe(false)
  })

  it('dry-runs each object once, and writes the cluster first and then its node pools in parallel', async () => {
    await fixture.apply({ pools: ['pool-0', 'pool-1'] })

    const applies = callsTo(fixture.management).filter(({ operation }) => operation.startsWith('PATCH '))
    const objectOf = ({ operation }: { operation: string }) => operation.split('/').at(-1)
    const [dryRun, written] = [false, true].map((write) => applies.filter((call) => call.write === write).map(objectOf))
    const { name } = fixture
    expect(dryRun?.toSorted()).toEqual([name, `${name}-pool-0`, `${name}-pool-1`])
    expect([written?.[0], ...(written?.slice(1).toSorted() ?? [])]).toEqual([name, `${name}-pool-0`, `${name}-pool-1`])
  })

  it('writes nothing in a second run', async () => {
    await fixture.apply()
    fixture.management.calls.clear()

    expect(await fixture.apply()).toEqual({ output: {}, changes: fixture.applied('unchanged') })
    expect(writesTo(fixture.management)).toEqual([])
  })

  it('changes only a field with another value', async () => {
    await fixture.apply()

    expect(await fixture.apply({ poolSpec: { maxNodeCount: 9 } })).toMatchObject({
      changes: [{ action: 'unchanged' }, { action: 'updated', detail: 'spec.maxNodeCount' }],
    })
    expect((await nodePool())?.spec).toMatchObject({ maxNodeCount: 9 })
  })

  it('creates a new node pool, and does not delete one that is no longer in the request', async () => {
    await fixture.apply({ pools: ['pool-0'] })
    const result = await fixture.apply({ pools: ['pool-1'] })

    expect(result).toMatchObject({ changes: [{ action: 'unchanged' }, { action: 'created' }] })
    expect(await nodePool()).toBeDefined()
  })

  it('writes nothing when the server refuses one of the objects', async () => {
    await expect(fixture.apply({ poolSpec: { minNodeCount: 'three' } })).rejects.toMatchObject({
      name: 'InvalidObject',
      object: `AWSNodePool default/${fixture.name}-pool-0`,
    })
    expect(writesTo(fixture.management)).toEqual([])
  })

  it('refuses the node pool of another cluster, and names that cluster', async () => {
    await fixture.apply({ pools: [] })
    const other = `${fixture.name}-other`
    const pool = nodePoolManifest(`${other}-pool-0`, fixture.name)
    await writeAs(fixture.management, 'workload-identity', pool)
    fixture.management.calls.clear()

    for (const adopt of [false, true]) {
      await expect(fixture.apply({ name: other, adopt })).rejects.toMatchObject({
        name: 'OwnershipConflict',
        reason: `it is a node pool of cluster ${fixture.name}`,
      })
    }
    expect(writesTo(fixture.management)).toEqual([])
  })
})

describe('a dry run', () => {
  const dryRun = async (request: Application = {}) => {
    fixture.management.calls.clear()
    const result = await fixture.apply({ ...request, dryRun: true })
    expect(writesTo(fixture.management)).toEqual([])
    return result
  }

  it('reports each field that would change, and objects that would not', async () => {
    await fixture.apply()
    expect(await dryRun()).toEqual({ output: {}, changes: fixture.applied('unchanged') })
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

  it('reports the refusal of one object, and the changes of the others', async () => {
    expect(await dryRun({ pools: ['pool-0', 'pool-1'], poolSpec: { minNodeCount: 'three' } })).toMatchObject({
      changes: [
        { object: `AWSCluster default/${fixture.name}`, action: 'created' },
        { object: `AWSNodePool default/${fixture.name}-pool-0`, refused: { name: 'InvalidObject' } },
        { object: `AWSNodePool default/${fixture.name}-pool-1`, refused: { name: 'InvalidObject' } },
      ],
    })
    await writeAs(fixture.management, 'workload-identity', nodePoolManifest(`${fixture.name}-pool-0`, 'another'))
    expect(await dryRun()).toMatchObject({
      changes: [
        { action: 'created' },
        { refused: { name: 'OwnershipConflict', reason: 'it is a node pool of cluster another' } },
      ],
    })
  })
})

it('an AWSCluster that was created by hand is refused without adopt', async () => {
  const metadata = { name: fixture.name, namespace: 'default' }
  const byHand = { apiVersion, kind: 'AWSCluster', metadata, spec: { ...example.spec } }
  await writeAs(fixture.management, 'kubectl-client-side-apply', byHand)
  fixture.management.calls.clear()

  await expect(fixture.apply()).rejects.toMatchObject({
    name: 'OwnershipConflict',
    object: `AWSCluster default/${fixture.name}`,
  })
  expect(writesTo(fixture.management)).toEqual([])
})

describe('a management cluster', () => {
  it('without the type AWSCluster is an error', async () => {
    const other = await fixture.clusters.emulate('other', { behindBastion: true })
    const secretArn = await fixture.secrets.keep('prod/no-crd', other.kubeconfig())

    await expect(fixture.apply({ secretArn })).rejects.toMatchObject({
      name: 'MissingResourceType',
      object: `AWSCluster (${apiVersion})`,
    })
  })

  it('that rejects the token is an error that names the secret', async () => {
    const kubeconfig = fixture.management.kubeconfig().replace(/token: .*/, 'token: expired')
    const secretArn = await fixture.secrets.keep('prod/rejected', kubeconfig)

    await expect(fixture.apply({ secretArn })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: secretArn,
      reason: expect.stringContaining(`cluster ${fixture.name} (management) rejects the credentials`),
    })
  })

  it('whose secret does not exist is an error with the command that creates it', async () => {
    const secretArn = fixture.credentialsSecretArn.replace('prod/management', 'prod/absent')

    await expect(fixture.apply({ secretArn })).rejects.toMatchObject({
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
