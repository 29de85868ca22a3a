import type { ClusterClient, ClusterTarget } from '../clouds/kubernetes/cluster-client.ts'
import { issuerOfTokens } from '../clouds/kubernetes/token-issuer.ts'
import { ofAnotherIssuer } from '../cluster/readiness.ts'
import { connectToCluster } from './connect.ts'

/**
 * As {@link connectToCluster}, to the very cluster that was set up: our marks name no cluster, and credentials that were
 * exchanged by mistake would let the objects of another one be changed or deleted. Throws InvalidCredentials for those.
 *
 * @param issuerUrl as the record has it; undefined when no setup has come that far, or one compares it just before
 */
export async function connectToOwnCluster(
  target: ClusterTarget,
  issuerUrl: string | undefined,
  signal: AbortSignal,
): Promise<ClusterClient> {
  const cluster = await connectToCluster(target, signal)
  if (issuerUrl === undefined) return cluster
  const found = await issuerOfTokens(cluster)
  if (found !== issuerUrl) throw ofAnotherIssuer(target, { found, wanted: issuerUrl })
  return cluster
}
