/** What the documented procedure does instead of an upgrade, for the figure beside that of test/long/webhook-upgrade.test.ts. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Manifest } from '../../lambdas/domain/kubernetes/object.ts'
import type { Cluster } from '../../sandbox/kubernetes/cluster.ts'
import { type KubeObject, objectsIn } from '../../sandbox/kubernetes/objects.ts'
import { send } from '../support/api-requests.ts'
import { type Clusters, clientOf, startClusters, writeAs } from '../support/clusters.ts'
import { documentedManifest } from '../support/documented-webhook.ts'
import { bindReader, inWords, missingNow, underLoad } from '../support/pod-load.ts'

const newer = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.3.0'
const patience = { timeout: 60_000, interval: 50 }

const namespace = 'workload-identity-webhook'
const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests'

let clusters: Clusters

beforeAll(async () => {
  clusters = await startClusters()
})
afterAll(() => clusters.end())

it('deleting the webhook before the new one is installed lets pods start without their role, however quick one is', async ({
  annotate,
}) => {
  const cluster = await clusters.emulate('documented', { version: '1.21.14' })
  await bindReader(clientOf(cluster))
  await install(cluster)

  const { load } = await underLoad(clientOf(cluster), async () => {
    await remove(cluster)
    await install(cluster, newer)
  })
  await annotate(inWords(load))
  expect(load.without).toBeGreaterThan(0)
})

/** `kubectl apply` of the manifest, and `kubectl certificate approve` as soon as there is something to approve. */
async function install(cluster: Cluster, image?: string): Promise<void> {
  for (const manifest of documentedManifest(namespace, cluster.caPem)) {
    await writeAs(cluster, 'kubectl-client-side-apply', withImage(withoutSideEffects(manifest), image))
  }
  await expect.poll(() => cluster.objects('CertificateSigningRequest').length, patience).toBe(1)
  for (const request of cluster.objects('CertificateSigningRequest')) await approve(cluster, request)
  await expect.poll(() => missingNow(clientOf(cluster)), patience).toEqual([])
}

async function approve(cluster: Cluster, request: KubeObject): Promise<void> {
  const condition = { type: 'Approved', status: 'True', reason: 'KubectlApprove', message: 'approved by hand' }
  const body = { ...request, apiVersion: 'certificates.k8s.io/v1', status: { conditions: [condition] } }
  const { code } = await send(cluster, `PUT ${requests}/${request.metadata.name}/approval`, { body })
  expect(code).toBe(200)
}

/** As the document lists the components, each `kubectl delete` waiting until what it deletes is gone. */
async function remove(cluster: Cluster): Promise<void> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  await send(cluster, `DELETE /api/v1/namespaces/${namespace}`)
  const isGone = () => !cluster.objects('Namespace').some(({ metadata }) => metadata.name === namespace)
  await expect.poll(isGone, patience).toBe(true)
  await send(cluster, `DELETE ${rbac}/clusterroles/pod-identity-webhook`)
  await send(cluster, `DELETE ${rbac}/clusterrolebindings/pod-identity-webhook`)
  await send(cluster, 'DELETE /apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/pod-identity-webhook')
  await send(cluster, `DELETE ${requests}`)
}

/** The document forgets to say that there are none, and every dry run of a pod would be refused. */
function withoutSideEffects(manifest: Manifest): Manifest {
  if (manifest.kind !== 'MutatingWebhookConfiguration') return manifest
  return { ...manifest, webhooks: objectsIn(manifest.webhooks).map((webhook) => ({ ...webhook, sideEffects: 'None' })) }
}

function withImage(manifest: Manifest, image: string | undefined): Manifest {
  if (image === undefined || manifest.kind !== 'Deployment') return manifest
  return JSON.parse(JSON.stringify(manifest), (key, value) => (key === 'image' ? image : value))
}
