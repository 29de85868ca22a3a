import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { send } from './api-requests.ts'

const rbac = '/apis/rbac.authorization.k8s.io/v1'

/**
 * Deletes the objects of an earlier test's webhook and accounts outside of its namespaces, which would conflict with those of the
 * next test, and starts the deletion of its namespaces, which takes a while.
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
  // Deletes the account first, because a webhook in use has an account with a role.
  const deleteIn = (namespace: string) => [
    send(cluster, `DELETE /api/v1/namespaces/${namespace}/serviceaccounts/pod-identity-webhook-canary`),
    send(cluster, `DELETE /api/v1/namespaces/${namespace}`),
  ]
  await Promise.all(remaining.flatMap(({ metadata }) => deleteIn(metadata.name)))
}
