/** Decides whether a published key may be revoked, and which keys remain. */
import { KeyInUse } from '../errors/step-errors.ts'
import type { ClusterStatus, RevokedKey } from '../operations/record/record.ts'
import { isAmong, type Thumbprinted, without } from '../ownership/keys.ts'
import type { Change } from '../report/change.ts'
import type { IdentifiedKey } from './published-keys.ts'

/** Returns the keys in a cluster's status after a revocation. A key that was already revoked keeps its first entry. */
export function afterRevocation(
  revoked: RevokedKey,
  { publishedKeys = [], revokedKeys = [] }: Pick<ClusterStatus, 'publishedKeys' | 'revokedKeys'>,
): Required<Pick<ClusterStatus, 'publishedKeys' | 'revokedKeys'>> {
  return {
    publishedKeys: without(publishedKeys, [revoked]),
    revokedKeys: [...revokedKeys, ...without([revoked], revokedKeys)],
  }
}

/** A key to revoke, and the effect on the cluster. */
export interface Candidate {
  readonly cluster: string
  readonly kid: string
  /** The `kid` of the cluster's current signing key. Undefined when the cluster's tokens name no key. */
  readonly signing: string | undefined
  /** The number of keys that stay published. */
  readonly remaining: number
}

/** @throws {KeyInUse} when AWS would reject every new token of the cluster */
export function requireDispensable({ cluster, kid, signing, remaining }: Candidate): void {
  if (kid !== signing && remaining > 0) return
  const reason =
    kid === signing
      ? 'the cluster signs with it now, so that AWS would refuse every token that the cluster makes'
      : 'it is the only key that is published, so that AWS would refuse every token of the cluster'
  throw new KeyInUse({
    object: `key ${kid} of cluster ${cluster}`,
    reason,
    action: `Let the API servers sign with another key first, by the steps in docs/issuer.md#change-the-signing-key: add it, POST /v1/clusters/${cluster}/signing-keys, wait for the caches, sign with it. Then revoke this key. In an emergency send {"force": true}`,
  })
}

/** The revoked keys that the API servers of a cluster still have, for the report of a dry run. */
export function revokedInCluster(
  cluster: string,
  live: readonly IdentifiedKey[],
  revoked: readonly Thumbprinted[],
): Change[] {
  const additions = live
    .filter((key) => isAmong(revoked, key))
    .map(({ key }) => ({
      field: '--service-account-key-file',
      observed: `key ${key.kid}, which is revoked: remove it from the API servers`,
    }))
  return additions.length === 0 ? [] : [{ object: `API servers of cluster ${cluster}`, action: 'unchanged', additions }]
}
