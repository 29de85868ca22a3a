import { calculateJwkThumbprint } from 'jose'
import { type Document, documentsIn, readDocument, writeDocument } from '../clouds/aws/documents.ts'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { issuerOfTokens } from '../clouds/kubernetes/token-issuer.ts'
import { readDiscovery } from '../clouds/network/read-discovery.ts'
import { CloudUnavailable, InvalidDiscovery, Unreachable } from '../errors/step-errors.ts'
import { connectIfCredentialsThere, ofAnotherIssuer } from '../objects/connect.ts'
import { otherClusters, recordPublishedKeys } from '../operations/cluster-record.ts'
import { movedFrom, possibleIssuers } from '../operations/issuer-move.ts'
import type { ClusterStatus } from '../operations/record.ts'
import type { Change } from '../report/change.ts'
import { setting } from '../settings.ts'
import type { StepContext, StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import {
  documentChange,
  documentKey,
  documentPathsAmong,
  type IssuerDocument,
  issuerDocuments,
  keySetPath,
} from './documents.ts'
import { requireOwnPath } from './hosted-issuer.ts'
import { checkedKeys, publishedKeySet } from './key-set.ts'
import type { PublicKey } from './public-key.ts'
import { description } from './publish-discovery.step.ts'
import { type IdentifiedKey, keysToPublish } from './published-keys.ts'
import { requireOwnKeys } from './shared-keys.ts'
import { reasonToWait, waitForCaches, waitForCredentials } from './waiting.ts'

/**
 * Publishes the keys of a cluster at the issuer that the deployment hosts for it, and looks at them as AWS would. Writes
 * only what differs. The documents are in a folder of the cluster whose lock the operation holds.
 *
 * @throws {InvalidDiscovery} when what the API server publishes is no key set for AWS
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
  requireOwnKeys(live, cluster, others)
  const published = await identified(publishedKeySet(observed.get(keySetPath)?.text ?? ''))
  const { keys, recorded } = keysToPublish(live, published, { recorded: status.publishedKeys ?? [], now: new Date() })
  if (!dryRun) await recordPublishedKeys(cluster, recorded, status)
  const desired = issuerDocuments(issuerUrl, keys)
  const changes = await Promise.all(desired.map((document) => bring(document, { issuerUrl, observed }, context)))
  if (dryRun) return { output: {}, changes }
  const reason = await reasonNotVisible(issuerUrl, keys, signal)
  return reason === undefined ? { output: {}, changes } : { ...waitingFor(reason), changes }
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
    const possible = possibleIssuers(issuerUrl, movedFrom(status, issuerUrl))
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

function identified(keys: readonly PublicKey[]): Promise<IdentifiedKey[]> {
  return Promise.all(keys.map(async (key) => ({ key, thumbprint: await calculateJwkThumbprint(key) })))
}

/** The documents in the folder of the cluster, by their paths below it. */
async function observedDocuments({ cluster, signal }: StepContext): Promise<ReadonlyMap<string, Document>> {
  const bucket = setting('ISSUER_BUCKET')
  const there = await documentsIn(bucket, documentKey(cluster, ''), signal)
  const read = async (path: string) =>
    [path, await readDocument({ bucket, key: documentKey(cluster, path) }, signal)] as const
  return new Map(await Promise.all(documentPathsAmong(there, cluster).map(read)))
}

async function bring(
  document: IssuerDocument,
  { issuerUrl, observed }: { readonly issuerUrl: string; readonly observed: ReadonlyMap<string, Document> },
  { cluster, signal, dryRun }: StepContext,
): Promise<Change> {
  const { path } = document
  const change = documentChange(`${issuerUrl}/${path}`, document, observed.get(path))
  if (change.action === 'unchanged' || dryRun) return change
  await writeDocument({ bucket: setting('ISSUER_BUCKET'), key: documentKey(cluster, path) }, document, signal)
  const { differences: _, ...made } = change
  return made
}

/** Why AWS would not see these keys yet; undefined when it would. */
async function reasonNotVisible(
  issuerUrl: string,
  keys: readonly PublicKey[],
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const visible = new Set((await readDiscovery(issuerUrl, signal)).keys.map(({ kid }) => kid))
    return keys.every(({ kid }) => visible.has(kid)) && visible.size === keys.length
      ? undefined
      : waitForCaches(`${issuerUrl}/${keySetPath}`)
  } catch (error) {
    if (error instanceof Unreachable) return reasonToWait(error)
    throw error
  }
}

function unusable(cluster: string, problem: string): InvalidDiscovery {
  return new InvalidDiscovery({
    object: `key set of cluster ${cluster}`,
    reason: `it cannot be published: ${problem}`,
    action: 'Correct the keys that its API servers are started with (--service-account-key-file)',
  })
}
