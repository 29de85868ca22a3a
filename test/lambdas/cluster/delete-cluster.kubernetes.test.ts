import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { description as applyClusterDescription } from '../../../lambdas/cluster/apply-cluster.step.ts'
import * as applyCluster from '../../../lambdas/cluster/apply-cluster.ts'
import { description } from '../../../lambdas/cluster/delete-cluster.step.ts'
import { run } from '../../../lambdas/cluster/delete-cluster.ts'
import { description as observeClusterDescription } from '../../../lambdas/cluster/observe-cluster.step.ts'
import * as observeCluster from '../../../lambdas/cluster/observe-cluster.ts'
import type { ClusterFacts } from '../../../lambdas/operations/record/record.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { exampleRequest } from '../../support/api/requests.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'
import { send } from '../../support/kubernetes/api-requests.ts'
import { clientOf, objectIn, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'
import { foundStatus, stepContext } from '../../support/steps/step-context.ts'

const apiVersion = 'multicloud.cluster.gke.io/v1'
const example = exampleRequest('setup').cluster

const aws = awsAccount()
const clusters = reachableClusters()
let cluster: AnyCluster
let credentialsSecretArn: string
let name = ''
let count = 0

beforeAll(async () => {
  cluster = await clusters.start('management', { management: true })
  credentialsSecretArn = await new SecretKeeper(aws.endpoint).keep('prod/management', cluster.kubeconfig())
})
beforeEach(() => {
  count += 1
  name = `deleted-${count}`
})

const management = () => ({ credentialsSecretArn, namespace: 'default' })
const poolSpec = { ...example.nodePools?.[0]?.spec }

function apply({ adopt = false, pools = ['pool'] }: { adopt?: boolean; pools?: readonly string[] } = {}) {
  const request = applyClusterDescription.input.parse({
    clusterName: name,
    management: management(),
    spec: { ...example.spec },
    nodePools: pools.map((pool) => ({ name: `${name}-${pool}`, spec: poolSpec })),
    bucket: 'bucket',
    adopt,
  })
  return applyCluster.run(request, stepContext(name))
}

interface Removal {
  readonly deleteCluster?: boolean
  readonly dryRun?: boolean
  /** The recorded facts; a cluster without them has no record. */
  readonly facts?: Partial<ClusterFacts>
}

function remove({ deleteCluster = true, dryRun = false, facts }: Removal = {}) {
  const context = stepContext(name, 20_000, dryRun, facts && foundStatus(facts))
  return run(description.input.parse({ clusterName: name, management: management(), deleteCluster }), context)
}

async function observe(facts?: Partial<ClusterFacts>) {
  const request = observeClusterDescription.input.parse({ clusterName: name, management: management() })
  const context = stepContext(name, undefined, false, facts && foundStatus(facts))
  const result = await observeCluster.run(request, context)
  if ('waiting' in result) throw new Error('it never waits')
  return result
}

async function removeUntilDone() {
  const changes = []
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const result = await remove()
    changes.push(...(result.changes ?? []))
    if ('output' in result) return { gone: result.output.gone, changes }
  }
  throw new Error('it is never done')
}

const awsCluster = () => objectIn(cluster, 'AWSCluster', { name, namespace: 'default' })
const nodePool = (pool = 'pool') => objectIn(cluster, 'AWSNodePool', { name: `${name}-${pool}`, namespace: 'default' })
const createByHand = (kind: string, objectName: string, spec: object) =>
  writeAs(cluster, 'kubectl', { apiVersion, kind, metadata: { name: objectName, namespace: 'default' }, spec })
const ownMetadata = { labels: { 'app.kubernetes.io/managed-by': 'workload-identity' } }

describe('a cluster that a setup has created', () => {
  it('is deleted after its node pools, and the step waits until they are deleted', async () => {
    await apply()
    cluster.calls.clear()

    const first = await remove()
    expect(first).toMatchObject({
      waiting: { reason: `AWSNodePool default/${name}-pool is being deleted` },
      changes: [{ object: `AWSNodePool default/${name}-pool`, action: 'deleted' }],
    })
    expect(await awsCluster()).toBeDefined()
    expect(await removeUntilDone()).toEqual({
      gone: true,
      changes: [{ object: `AWSCluster default/${name}`, action: 'deleted' }],
    })
    expect(await awsCluster()).toBeUndefined()
    expect(writesTo(cluster)).toHaveLength(2)
  })

  it('is reported in a dry run, which writes nothing', async () => {
    await apply()
    cluster.calls.clear()

    expect(await remove({ dryRun: true })).toEqual({
      output: { gone: true },
      changes: [
        { object: `AWSNodePool default/${name}-pool`, action: 'deleted' },
        { object: `AWSCluster default/${name}`, action: 'deleted' },
      ],
    })
    expect(writesTo(cluster)).toEqual([])
  })

  it('is kept with its pools and labels when the request does not delete it', async () => {
    await apply()
    cluster.calls.clear()

    expect(await remove({ deleteCluster: false })).toMatchObject({
      output: { gone: false },
      changes: [{ action: 'unchanged' }, { action: 'unchanged' }],
    })
    expect(writesTo(cluster)).toEqual([])
    expect((await awsCluster())?.metadata).toMatchObject(ownMetadata)
  })

  it('with a finalizer is waited for, and not deleted again', async () => {
    await apply({ pools: [] })
    const finalizers = ['example.com/slow']
    await writeAs(cluster, 'controller', {
      apiVersion,
      kind: 'AWSCluster',
      metadata: { name, namespace: 'default', ...{ finalizers } },
    })

    await remove()
    cluster.calls.clear()
    expect(await remove()).toMatchObject({ waiting: { reason: `AWSCluster default/${name} is being deleted` } })
    expect(writesTo(cluster)).toEqual([])
  })

  it('is reported as gone when another client has deleted it', async () => {
    expect(await remove()).toEqual({ output: { gone: true }, changes: [] })
    expect(await observe()).toMatchObject({ output: { gone: true } })
    await apply()
    expect(await observe()).toMatchObject({ output: { gone: false } })
  })
})

it('observes the issuer of a cluster that never was ready, also when it gets one during the deletion', async () => {
  await apply()
  expect(await observe()).toEqual({ output: { gone: false }, changes: [] })
  expect(await remove({ dryRun: true })).not.toHaveProperty('observed.cluster')
  const issuerUrl = 'https://storage.googleapis.com/bucket/gke-issuer-1'
  const status = { clusterID: 'id', workloadIdentityInfo: { issuerURL: issuerUrl } }
  const path = `/apis/${apiVersion}/namespaces/default/awsclusters/${name}/status`
  await send(cluster, `PATCH ${path}`, { body: { status }, contentType: 'application/merge-patch+json' })
  const foundAt = { server: clientOf(cluster).server, namespace: 'default' }
  const observed = { cluster: { issuerUrl, jwksUri: `${issuerUrl}/openid/v1/jwks`, foundAt } }
  expect(await observe()).toMatchObject({ output: { gone: false }, observed })
  for (const object of [`AWSNodePool default/${name}-pool`, `AWSCluster default/${name}`])
    expect(await remove()).toMatchObject({ changes: [{ object, action: 'deleted' }], observed })
})

describe('a cluster that does not exist where the teardown reads it', () => {
  const here = () => ({ server: clientOf(cluster).server, namespace: 'default' })

  it('is gone when it was found there before', async () => {
    const facts = { foundAt: here() }
    expect(await observe(facts)).toMatchObject({ output: { gone: true } })
    for (const deleteCluster of [true, false])
      expect(await remove({ deleteCluster, facts })).toEqual({ output: { gone: true }, changes: [] })
  })

  it.each([
    ['in another namespace', () => ({ foundAt: { ...here(), namespace: 'clusters' } }), 'namespace clusters'],
    [
      'on another management cluster',
      () => ({ foundAt: { ...here(), server: 'https://another.example' } }),
      'https://another.example',
    ],
    ['without a management cluster', () => ({}), 'without any management cluster'],
  ])('is not known to be gone when it was found %s', async (_, factsOf, reported) => {
    expect(await observe(factsOf())).toMatchObject({ output: { gone: false } })
    const remaining = [
      { name: 'ObjectMissing', object: `AWSCluster default/${name}`, reason: expect.stringContaining(reported) },
    ]
    for (const deleteCluster of [true, false])
      expect(await remove({ deleteCluster, facts: factsOf() })).toMatchObject({ output: { gone: false, remaining } })
  })

  it('is still reported as remaining when the teardown deletes a cluster of a mistaken setup', async () => {
    await apply({ pools: [] })
    const facts = { foundAt: { ...here(), namespace: 'clusters' } }
    expect(await remove({ facts, dryRun: true })).toMatchObject({
      output: { gone: false, remaining: [{ name: 'ObjectMissing' }] },
      changes: [{ object: `AWSCluster default/${name}`, action: 'deleted' }],
    })
    await remove({ facts })
    expect(await awsCluster()).toBeUndefined()
    expect(await remove({ facts })).toMatchObject({ output: { gone: false, remaining: [{ name: 'ObjectMissing' }] } })
  })
})

describe('objects of another owner on the management cluster', () => {
  it('are not changed: a cluster without our label, its node pools, and node pools of other clusters', async () => {
    await createByHand('AWSCluster', name, { ...example.spec })
    await createByHand('AWSNodePool', `${name}-pool`, { ...poolSpec, clusterName: name })
    await createByHand('AWSNodePool', `${name}-other`, { ...poolSpec, clusterName: `${name}-2` })
    const before = await Promise.all([awsCluster(), nodePool(), nodePool('other')])
    cluster.calls.clear()

    expect(await remove()).toMatchObject({ output: { gone: false } })
    expect(writesTo(cluster)).toEqual([])
    expect(await Promise.all([awsCluster(), nodePool(), nodePool('other')])).toEqual(before)
  })

  it('prevent the deletion of our cluster: its deletion would delete a foreign node pool', async () => {
    await apply()
    await createByHand('AWSNodePool', `${name}-theirs`, { ...poolSpec, clusterName: name })
    cluster.calls.clear()

    await expect(remove()).rejects.toMatchObject({
      name: 'OwnershipConflict',
      object: `AWSNodePool default/${name}-theirs`,
    })
    expect(writesTo(cluster)).toEqual([])
  })

  it.each([true, false])(
    'are kept without our labels and annotations if adopted (deleteCluster %s)',
    async (deleteCluster) => {
      await createByHand('AWSCluster', name, { ...example.spec })
      const before = await awsCluster()
      await apply({ adopt: true, pools: [] })
      expect((await awsCluster())?.metadata).toMatchObject(ownMetadata)

      expect(await remove({ deleteCluster })).toMatchObject({
        output: { gone: false },
        changes: [{ object: `AWSCluster default/${name}`, action: 'updated' }],
      })
      const after = await awsCluster()
      expect(after?.metadata.labels).toBeUndefined()
      expect(after?.metadata.annotations).toBeUndefined()
      expect(after?.metadata.uid).toBe(before?.metadata.uid)
      cluster.calls.clear()
      expect(await remove({ deleteCluster })).toMatchObject({ output: { gone: false } })
      expect(writesTo(cluster)).toEqual([])
    },
  )
})
