/** Upgrades the webhook by the documented procedure, to compare its figure with that of webhook-change.test.ts. */
import { expect, it } from 'vitest'
import type { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import { send } from '../../support/kubernetes/api-requests.ts'
import { clientOf } from '../../support/kubernetes/clusters.ts'
import { bindReader, inWords, underLoad } from '../../support/kubernetes/pod-load.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'
import { installByHand } from '../../support/webhook/documented-webhook.ts'

const newer = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.3.0'
const patience = { timeout: 60_000, interval: 50 }

const namespace = 'workload-identity-webhook'
const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests'

const clusters = reachableClusters()

it('pods start without their role when the webhook is deleted before the new one is installed, even without a pause', async ({
  annotate,
}) => {
  const cluster = await clusters.emulate('documented', { version: '1.21.14' })
  await bindReader(clientOf(cluster))
  await installByHand(cluster, namespace)

  const { load } = await underLoad(clientOf(cluster), async () => {
    await remove(cluster)
    await installByHand(cluster, namespace, newer)
  })
  await annotate(inWords(load))
  expect(load.without).toBeGreaterThan(0)
})

/** Deletes the components in the document's order. As `kubectl delete` does, it waits until the object is gone. */
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
