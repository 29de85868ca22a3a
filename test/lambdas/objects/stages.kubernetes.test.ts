import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { ClusterClient } from '../../../lambdas/clouds/kubernetes/cluster-client.ts'
import type { Manifest } from '../../../lambdas/clouds/kubernetes/object.ts'
import { applyStages, planStages, type WritingOptions } from '../../../lambdas/objects/stages.ts'
import type { Change } from '../../../lambdas/report/change.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { callsTo, clientOf, objectIn, writeAs } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'

const clusters = reachableClusters()
let cluster: AnyCluster
let client: ClusterClient
let count = 0
let namespace = ''

beforeAll(async () => {
  cluster = await clusters.start('prod-eu')
})
beforeEach(() => {
  count += 1
  namespace = `staged-${count}`
  client = clientOf(cluster)
  cluster.calls.clear()
})

const clusterScoped = (name: string, annotations = {}): Manifest => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: `${namespace}-${name}`, annotations },
  rules: [],
})
const namespaced = (name: string, annotations = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, annotations },
})
const stages = () => [
  [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, clusterScoped('first')],
  [clusterScoped('second'), namespaced('second')],
  [namespaced('third')],
]

async function applyAll(options: Partial<WritingOptions> = {}): Promise<readonly Change[]> {
  const manifests = stages()
  const known = { adopt: false, hasNamespace: false }
  return applyStages(client, manifests, { ...known, plans: await planStages(client, manifests, known), ...options })
}

/** The names of the objects that were read. */
const reads = () =>
  callsTo(cluster)
    .filter(({ operation }) => operation.startsWith('GET ') && operation.includes(namespace))
    .map(({ operation }) => operation.split('/').at(-1))
    .toSorted()

it('reads an object again only if others were written since its plan', async () => {
  await applyAll()
  // The second ClusterRole is planned before the first write, and the third stage before the second.
  const again = [`${namespace}-second`, 'third']
  expect(reads()).toEqual(
    [namespace, `${namespace}-first`, `${namespace}-second`, 'second', 'third', ...again].toSorted(),
  )
})

/** Creates the object after this stage was written. */
function createAfter(stage: number, manifest: () => Manifest): Pick<WritingOptions, 'afterStage'> {
  let written = 0
  return {
    async afterStage() {
      written += 1
      if (written === stage) await writeAs(cluster, 'somebody', manifest())
    },
  }
}

it.each([
  ['cluster-scoped object after the first stage', 1, () => clusterScoped('second', { theirs: 'x' })],
  ['object of the namespace after the first stage', 1, () => namespaced('second', { theirs: 'x' })],
  ['object of the namespace after the second stage', 2, () => namespaced('third', { theirs: 'x' })],
] as const)('refuses an object that another client has created in the meantime: a %s', async (_, stage, theirs) => {
  await expect(applyAll(createAfter(stage, theirs))).rejects.toMatchObject({ name: 'OwnershipConflict' })
  const { kind, metadata } = theirs()
  expect((await objectIn(cluster, kind, metadata))?.metadata.annotations).toEqual({ theirs: 'x' })
})
