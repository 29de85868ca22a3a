import { vi } from 'vitest'
import * as z from 'zod/mini'
import { project } from '../../../../sandbox/google/project.ts'
import type { Cluster } from '../../../../sandbox/kubernetes/index.ts'
import { at } from '../../../../sandbox/kubernetes/objects/objects.ts'
import type { OwnCluster } from '../requests.ts'
import type { System } from '../system.ts'
import { kubectlApply } from './kubectl.ts'

/** An Anthos cluster, and the bucket of its issuer, that a user created by the documented procedure. */
export interface HandMadeCluster {
  readonly cluster: Cluster
  readonly bucket: string
}

/** Creates the bucket and the AWSCluster of this request, and waits until the cluster runs. */
export async function handMadeCluster(running: System, own: OwnCluster): Promise<HandMadeCluster> {
  const bucket = `${own.name}-discovery`
  await makeBucket(running, bucket)
  return { cluster: await makeCluster(running, own, bucket), bucket }
}

/** The bucket is public, and the management service account has the rights that the document gives it. */
async function makeBucket({ sandbox }: System, bucket: string): Promise<void> {
  const { buckets } = sandbox.google
  await buckets.insert(project.administrator, project.id, bucket, { location: 'EU' })
  const manager = 'serviceAccount:management-sa@platform-prod.iam.gserviceaccount.com'
  const { bindings } = await buckets.policy(project.administrator, bucket, 3)
  await buckets.setPolicy(project.administrator, bucket, {
    bindings: [
      ...bindings,
      { role: 'roles/storage.objectViewer', members: ['allUsers'] },
      { role: 'roles/storage.admin', members: [manager] },
    ],
  })
}

async function makeCluster({ sandbox }: System, own: OwnCluster, bucket: string): Promise<Cluster> {
  const { kubernetes } = sandbox
  const withSpec = z.object({ cluster: z.object({ spec: z.looseObject({ controlPlane: z.looseObject({}) }) }) })
  const { spec } = withSpec.parse(own.body()).cluster
  const workloadIdentity = { oidcDiscoveryGCSBucket: bucket }
  await kubectlApply(kubernetes.management, {
    apiVersion: 'multicloud.cluster.gke.io/v1',
    kind: 'AWSCluster',
    metadata: { name: own.name, namespace: 'default' },
    spec: { ...spec, controlPlane: { ...spec.controlPlane, workloadIdentity } },
  })
  return vi.waitFor(
    () => {
      const observed = kubernetes.management.store.get('AWSCluster', own.name, 'default')
      const made = kubernetes.cluster(own.name)
      if (!made || at(observed, 'status', 'state') !== 'Running') throw new Error('the cluster is not running yet')
      return made
    },
    { timeout: 20_000 },
  )
}
