/** Decides what a revocation of a published key comes to. */
import { KeyInUse } from '../errors/step-errors.ts'
import type { ClusterStatus, RevokedKey } from '../operations/record/record.ts'
import { isAmong, type Thumbprinted, without } from '../ownership/keys.ts'
import type { Change } from '../report/change.ts'
import type { IdentifiedKey } from './published-keys.ts'

/** The keys of a cluster in its status, after a revocation. A key that is revoked already keeps its first record. */
export function afterRevocation(
  revoked: RevokedKey,
  { publishedKeys = [], revokedKeys = [] }: Pick<ClusterStatus, 'publishedKeys' | 'revokedKeys'>,
): Required<Pick<ClusterStatus, 'publishedKeys' | 'revokedKeys'>> {
  return {
    publishedKeys: without(publishedKeys, [revoked]),
    revokedKeys: [...revokedKeys, ...without([revoked], revokedKeys)],
  }
}

/** A key that is about to be revoked, and what would be left. */
export interface Candidate {
  readonly cluster: string
  readonly kid: string
  /** The `kid` of the key that the cluster signs with now; undefined when its tokens name none. */
  readonly signing: string | undefined
  /** How many keys stay published. */
  readonly remaining: number
}

/** @throws {KeyInUse} when AWS would refuse every new token of the cluster */
export function requireDispensable({ cluster, kid, signing, remaining }: Candidate): void {
  if (kid !== signing && remaining > 0) return
  const reason =
    kid === signing
      ? 'the cluster signs with it now, so that AWS would refuse every token that the cluster makes'
      : 'it is the only key that is published, so that AWS would refuse every token of the cluster'
  throw new KeyInUse({
    object: `key ${kid} of cluster ${cluster}`,
    reason,
    action: `Let the API servers sign with another key first, by the steps in docs/public-issuer.md: add it, POST /v1/clusters/${cluster}/signing-keys, wait for the caches, sign with it. Then revoke this one. In an emergency send {"force": true}`,
  })
}

/** What the API servers of a cluster still have although it is revoked, for the report of a dry run. */
export function revokedInCluster(
  cluster: string,
  live: readonly IdentifiedKey[],
  revoked: readonly Thumbprinted[],
): Change[] {
  const additions = live
    .filter((key) => isAmong(revoked, key))
    .map(({ key }) => ({
      field: '--service-account-key-file',
      observed: `key ${key.kid}, which is revoked: take it from the API servers`,
    }))
  return additions.length === 0 ? [] : [{ object: `API servers of cluster ${cluster}`, action: 'unchanged', additions }]
}
