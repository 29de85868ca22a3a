import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import type { KubeObject } from '../../../sandbox/kubernetes/objects/objects.ts'
import { RealCluster } from '../../../sandbox/kubernetes/real/cluster.ts'
import { until } from './api-requests.ts'
import { minorOf, objectIn } from './clusters.ts'

/**
 * Whether a controller creates a Secret with a token shortly after each service account, adds it to the account, and deletes it
 * shortly after the account. Kubernetes before 1.24 does that. The sandbox's API server does not.
 */
export function hasTokenSecrets(cluster: AnyCluster): boolean {
  return cluster instanceof RealCluster && minorOf(cluster) < 24
}

/** Waits until no controller changes the service account any more, and returns it. */
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
