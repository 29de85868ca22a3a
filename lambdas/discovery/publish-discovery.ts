import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { issuerOfTokens } from '../clouds/kubernetes/token-issuer.ts'
import { CloudUnavailable, InvalidDiscovery, Unreachable } from '../errors/step-errors.ts'
import { connectIfCredentialsThere, ofAnotherIssuer } from '../objects/connect.ts'
import { otherClusters, recordPublishedKeys } from '../operations/cluster-record.ts'
import { issuersUntilMoved } from '../operations/issuer-move.ts'
import type { ClusterStatus } from '../operations/record.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { requireOwnPath } from './hosted-issuer.ts'
import { checkedKeys } from './key-set.ts'
import { description } from './publish-discovery.step.ts'
import { keysIn, observedDocuments, publish, reasonNotVisible } from './published-documents.ts'
import { identified, keyStatesOf, keysToPublish, withoutRevoked } from './published-keys.ts'
import { revokedInCluster } from './revocation.ts'
import { requireOwnKeys } from './shared-keys.ts'
import { reasonToWait, waitForCredentials } from './waiting.ts'

/**
 * Publishes the keys of a cluster at the issuer that the deployment hosts for it, and looks at them as AWS would. Writes
 * only what differs. The documents are in a folder of the cluster whose lock the operation holds. A revoked key stays
 * away, also when the cluster still has it.
 *
 * @throws {InvalidDiscovery} when what the API server publishes is no key set for AWS, or each of its keys is revoked
 * @throws {OwnershipConflict} when another cluster of the deployment has one of the keys
 * @throws {InvalidCredentials} when the credentials of a cluster that was set up lead to another cluster
 */
export const run: StepRun<typeof description> = async ({ target, issuerUrl }, context) => {
  const { cluster, signal, status, dryRun } = context
  requireOwnPath(issuerUrl, cluster)
  const client = await connectIfCredentialsThere(target, signal)
  if (!client) return waitingFor(waitForCredentials(target))
  const [live, others, observed] = await Promise.all([
    liveKeys(client, { issuerUrl, target, status }),
    otherClusters(cluster),
    observedDocuments(context),
  ])
  if ('waiting' in live) return live
  const { publishedKeys = [], revokedKeys: revoked = [] } = status
  requireOwnKeys(withoutRevoked(live, revoked), cluster, others)
  const known = { recorded: publishedKeys, revoked, now: new Date() }
  const { keys, recorded } = keysToPublish(live, await keysIn(observed), known)
  if (!dryRun) await recordPublishedKeys(cluster, recorded, status)
  const changes = await publish({ issuerUrl, keys, observed }, context)
  if (keys.length === 0) throw allRevoked(cluster)
  const output = keyStatesOf(recorded, revoked)
  if (dryRun) return { output, changes: [...changes, ...revokedInCluster(cluster, live, revoked)] }
  const reason = await reasonNotVisible(issuerUrl, keys, signal)
  return reason === undefined ? { output, changes } : { ...waitingFor(reason), changes }
}

export const handler = step(description, run)

interface Wanted {
  readonly issuerUrl: string
  readonly target: { readonly name: string; readonly credentialsSecretArn: string }
  readonly status: ClusterStatus
}

/** The keys that the API server has now, or what has to happen before it shows them. */
async function liveKeys(client: ClusterClient, { issuerUrl, target, status }: Wanted) {
  try {
    // A cluster that was set up has this issuer, or moves to it. Keys of another cluster must not be published in its place.
    const isSetUp = status.verifiedAt !== undefined
    const [body, observed] = await Promise.all([client.keySet(), isSetUp ? issuerOfTokens(client) : issuerUrl])
    const possible = issuersUntilMoved(status, issuerUrl)
    if (!possible.includes(observed)) throw ofAnotherIssuer(target, { observed, desired: issuerUrl })
    const checked = checkedKeys(body)
    if ('problem' in checked) throw unusable(target.name, checked.problem)
    return await identified(checked.keys)
  } catch (error) {
    if (error instanceof Unreachable || error instanceof CloudUnavailable) return waitingFor(reasonToWait(error))
    throw error
  }
}

function waitingFor(reason: string) {
  return { waiting: { reason, events: [] } }
}

function unusable(cluster: string, problem: string): InvalidDiscovery {
  return new InvalidDiscovery({
    object: `key set of cluster ${cluster}`,
    reason: `it cannot be published: ${problem}`,
    action: 'Correct the keys that its API servers are started with (--service-account-key-file)',
  })
}

function allRevoked(cluster: string): InvalidDiscovery {
  return new InvalidDiscovery({
    object: `key set of cluster ${cluster}`,
    reason: 'each of its keys is revoked, so that AWS refuses every token of the cluster',
    action:
      'Let its API servers sign with a new key (--service-account-signing-key-file and --service-account-key-file), and send the request again',
  })
}
