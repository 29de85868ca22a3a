import { accountNamespace, clusterAccount } from '../../../lambdas/ownership/setup-account.ts'
import { applyIn } from '../../e2e/support/apply.ts'
import { accountCredentials } from '../../support/aws/account-credentials.ts'
import type { Fixture } from './fixture.ts'

/**
 * Stores credentials of the setups' service account, which expire in `left` days, in the secret of the fixture's cluster. Returns a
 * function that undoes it.
 */
export async function storeAged(
  { system, cluster: { name } }: Fixture,
  { left, isMarked }: { readonly left: number; readonly isMarked: boolean },
): Promise<() => Promise<void>> {
  const { kubernetes, secrets } = system.sandbox
  const cluster = kubernetes.cluster(name)
  if (!cluster) throw new Error(`the cluster ${name} does not exist`)
  const rbac = 'rbac.authorization.k8s.io'
  const subject = { name: clusterAccount, namespace: accountNamespace }
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: accountNamespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: subject },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: clusterAccount },
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: clusterAccount },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: clusterAccount },
      subjects: [{ kind: 'ServiceAccount', ...subject }],
    },
  ]
  for (const object of objects) await applyIn(system, name, object)
  const { kubeconfig } = await accountCredentials(cluster, { account: clusterAccount, days: 90, left, isMarked })
  await secrets.keep(`${name}/user-cluster`, kubeconfig)
  return async () => void (await secrets.keep(`${name}/user-cluster`, kubernetes.kubeconfig(name)))
}
