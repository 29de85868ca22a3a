import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import type { KubeObject } from '../../../sandbox/kubernetes/objects/objects.ts'
import { RealCluster } from '../../../sandbox/kubernetes/real/cluster.ts'
import { until } from './api-requests.ts'
import { minorOf, objectIn } from './clusters.ts'

/**
 * Whether each service account has a Secret with a token, which a controller makes a moment after the account, notes in it,
 * and deletes a moment after it. Until Kubernetes 1.24; the sandbox's own makes none.
 */
export function hasTokenSecrets(cluster: AnyCluster): boolean {
  return cluster instanceof RealCluster && minorOf(cluster) < 24
}

/** The account when no controller changes it any more. */
export function settledAccount(
  cluster: AnyCluster,
  account: { readonly name: string; readonly namespace?: string },
): Promise<KubeObject> {
  const observe = async () => {
    const observed = await objectIn(cluster, 'ServiceAccount', account)
    return hasTokenSecrets(cluster) && observed?.secrets === undefined ? undefined : observed
  }
  return until(observe, `the token of ServiceAccount ${account.name}`, 30_000)
}
