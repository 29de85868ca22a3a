import type { ClusterClient } from '../../clouds/kubernetes/cluster-client.ts'
import { displayName } from '../../clouds/kubernetes/object.ts'
import { allDoneInBatches } from '../../errors/attempts.ts'
import type { Change } from '../../report/change.ts'

export const requestType = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest' } as const

/** API servers limit the requests of a client that run at the same time (API Priority and Fairness). */
const atOnce = 20

/** Deletes the certificate requests with these names. */
export async function deleteRequests(
  cluster: ClusterClient,
  names: readonly string[],
  options: { readonly dryRun: boolean },
): Promise<Change[]> {
  const changes = await allDoneInBatches(names, atOnce, async (name): Promise<Change[]> => {
    const ref = { ...requestType, name }
    const isDeleted = await cluster.delete(ref, undefined, options)
    return isDeleted ? [{ object: displayName(ref), action: 'deleted' }] : []
  })
  return changes.flat()
}
