import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { send } from './api-requests.ts'

const rbac = '/apis/rbac.authorization.k8s.io/v1'

/**
 * Takes from a cluster what an earlier test's webhook and accounts have left outside of its namespaces, where the next
 * test's would meet it, and lets its namespaces go, which takes a while.
 */
export async function removeWebhook(cluster: AnyCluster): Promise<void> {
  await Promise.all(
    [
      '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
      '/apis/certificates.k8s.io/v1/certificatesigningrequests',
      `${rbac}/clusterroles/pod-identity-webhook`,
      `${rbac}/clusterrolebindings/pod-identity-webhook`,
      '/api/v1/namespaces/default/serviceaccounts/reader',
    ].map((path) => send(cluster, `DELETE ${path}`)),
  )
  const namespaces = await cluster.objects('Namespace')
  const remaining = namespaces.filter(({ metadata }) => metadata.name.startsWith('workload-identity-webhook'))
  // At once: an account with a role that is still there is one that a webhook serves.
  const deleteIn = (namespace: string) => [
    send(cluster, `DELETE /api/v1/namespaces/${namespace}/serviceaccounts/pod-identity-webhook-canary`),
    send(cluster, `DELETE /api/v1/namespaces/${namespace}`),
  ]
  await Promise.all(remaining.flatMap(({ metadata }) => deleteIn(metadata.name)))
}
