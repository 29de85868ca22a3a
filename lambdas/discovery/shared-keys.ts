import { OwnershipConflict } from '../errors/step-errors.ts'
import type { ClusterItem } from '../operations/record.ts'
import { type IdentifiedKey, isAmong } from './published-keys.ts'

/**
 * Whoever has the signing key of two clusters can make tokens of either. A copied control plane has the keys of the
 * cluster that it was copied from.
 *
 * @throws {OwnershipConflict} when another cluster has published one of the keys, or has revoked it; the error names
 *   that cluster
 */
export function requireOwnKeys(
  keys: readonly IdentifiedKey[],
  cluster: string,
  others: readonly Pick<ClusterItem, 'cluster' | 'status'>[],
): void {
  for (const one of keys) {
    const other = others.find(({ status: { publishedKeys = [], revokedKeys = [] } }) =>
      isAmong([...publishedKeys, ...revokedKeys], one),
    )
    if (other) throw shared(one.key.kid, cluster, other.cluster)
  }
}

function shared(kid: string, cluster: string, other: string): OwnershipConflict {
  return new OwnershipConflict({
    object: `key ${kid} of cluster ${cluster}`,
    reason: `cluster ${other} has or had the same key, so that either could make tokens of the other`,
    action: `If this is cluster ${other}, use that name. If its control plane is a copy, give it a signing key of its own (--service-account-signing-key-file and --service-account-key-file)`,
  })
}
