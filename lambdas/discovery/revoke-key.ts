import { issuerResource } from '../claims/claim.ts'
import { requireOwn } from '../claims/claims.ts'
import { CloudUnavailable, Unreachable } from '../errors/step-errors.ts'
import { reachCluster } from '../objects/reach.ts'
import { recordRevokedKeys } from '../operations/record/cluster-record.ts'
import { issuersUntilMoved } from '../operations/record/issuer-move.ts'
import type { ClusterStatus } from '../operations/record/record.ts'
import { isAmong } from '../ownership/keys.ts'
import { requireIssuer } from '../ownership/own-cluster.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { requireOwnPath } from './hosted-issuer.ts'
import { keysIn, observedDocuments, publish, reasonNotVisible } from './published-documents.ts'
import { byId, keyStatesOf } from './published-keys.ts'
import { readSigningKey } from './read-signing-key.cluster.ts'
import { afterRevocation, requireDispensable } from './revocation.ts'
import { description } from './revoke-key.step.ts'

/**
 * Removes a key from the published key set, and records the key as revoked. The deployment does not publish it again
 * before a teardown of the cluster. The record is written first, so that no publication after a crash includes the key.
 * The other published keys stay.
 *
 * @throws {OwnershipConflict} when the cluster does not own the issuer
 * @throws {KeyInUse} without force, when AWS would reject every new token of the cluster
 * @throws {Unreachable} without force, when the cluster does not respond and its signing key is unknown
 * @throws {CloudUnavailable} without force, when the cluster is out of service
 */
export const run: StepRun<typeof description> = async ({ target, issuerUrl, key, force, revokedBy }, context) => {
  const { cluster, signal, status } = context
  requireOwnPath(issuerUrl, cluster)
  await requireOwn([issuerResource(issuerUrl)], context)
  const after = afterRevocation({ ...key, revokedAt: new Date().toISOString(), revokedBy }, status)
  const { publishedKeys: remaining } = after
  // If the key is already recorded as revoked, an earlier run of this step has made this check.
  if (!force && !isAmong(status.revokedKeys ?? [], key)) {
    const signing = await signingKeyOfCluster(target, issuersOf(status, issuerUrl), signal)
    requireDispensable({ cluster, kid: key.kid, signing, remaining: remaining.length })
  }
  await recordRevokedKeys(cluster, after, status)
  const observed = await observedDocuments(context)
  const published = await keysIn(observed)
  const keys = byId(published.filter((one) => isAmong(remaining, one)))
  const still = remaining.filter((one) => isAmong(published, one))
  const changes = await publish({ issuerUrl, keys, observed }, context)
  const reason = await reasonNotVisible(issuerUrl, keys, signal)
  return reason === undefined
    ? { output: keyStatesOf(still, after.revokedKeys), changes }
    : { waiting: { reason }, changes }
}

export const handler = step(description, run)

/**
 * Returns the issuers that identify the cluster, or none before the first successful setup. The keys are not compared,
 * because the cluster may sign with an unpublished key. A wrong cluster could only prevent a revocation.
 */
function issuersOf(status: ClusterStatus, issuerUrl: string): string[] {
  return status.verifiedAt === undefined ? [] : issuersUntilMoved(status, issuerUrl)
}

async function signingKeyOfCluster(
  target: Parameters<typeof reachCluster>[0],
  issuers: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const cluster = await reachCluster(target, signal)
    const { issuer, kid } = await cluster.run(readSigningKey, {})
    requireIssuer(target, issuer, issuers)
    return kid
  } catch (error) {
    if (!(error instanceof Unreachable || error instanceof CloudUnavailable)) throw error
    const Outage = error instanceof Unreachable ? Unreachable : CloudUnavailable
    const { object, reason } = error
    const action = 'Send the request again later. With {"force": true} it revokes the key and does not ask the cluster'
    throw new Outage({ object, reason, action })
  }
}
