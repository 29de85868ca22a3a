/** Reads and writes the documents of a cluster in the deployment's bucket, and verifies them by the public URL. */
import { type Document, documentsIn, readDocument, writeDocument } from '../clouds/aws/documents.ts'
import { readDiscovery } from '../clouds/network/read-discovery.ts'
import type { PublicKey } from '../clouds/public-key.ts'
import { CloudUnavailable, InvalidDiscovery, Unreachable } from '../errors/step-errors.ts'
import type { Change } from '../report/change.ts'
import { setting } from '../settings.ts'
import type { StepContext } from '../steps/contract.ts'
import {
  documentChange,
  documentKey,
  documentPathsAmong,
  type IssuerDocument,
  issuerDocuments,
  keySetPath,
} from './documents.ts'
import { publishedKeySet } from './key-set.ts'
import { type IdentifiedKey, identified } from './published-keys.ts'
import { reasonToWait, waitForCaches } from './waiting.ts'

/** Documents by their paths below the folder of the cluster. */
export type ObservedDocuments = ReadonlyMap<string, Document>

/** Reads the documents in the folder of the cluster of the operation. */
export async function observedDocuments({
  cluster,
  signal,
}: Pick<StepContext, 'cluster' | 'signal'>): Promise<ObservedDocuments> {
  const bucket = setting('ISSUER_BUCKET')
  const there = await documentsIn(bucket, documentKey(cluster, ''), signal)
  const read = async (path: string) =>
    [path, await readDocument({ bucket, key: documentKey(cluster, path) }, signal)] as const
  return new Map(await Promise.all(documentPathsAmong(there, cluster).map(read)))
}

/** Returns the keys in the existing key set, or none if the key set is missing or invalid. */
export function keysIn(observed: ObservedDocuments): Promise<IdentifiedKey[]> {
  return identified(publishedKeySet(observed.get(keySetPath)?.text ?? ''))
}

interface Publication {
  readonly issuerUrl: string
  readonly keys: readonly PublicKey[]
  readonly observed: ObservedDocuments
}

/** Writes the documents that differ. */
export function publish({ issuerUrl, keys, observed }: Publication, context: StepContext): Promise<Change[]> {
  const desired = issuerDocuments(issuerUrl, keys)
  return Promise.all(desired.map((document) => writeIfDifferent(document, { issuerUrl, observed }, context)))
}

async function writeIfDifferent(
  document: IssuerDocument,
  { issuerUrl, observed }: Pick<Publication, 'issuerUrl' | 'observed'>,
  { cluster, signal, dryRun }: StepContext,
): Promise<Change> {
  const { path } = document
  const change = documentChange(`${issuerUrl}/${path}`, document, observed.get(path))
  if (change.action === 'unchanged' || dryRun) return change
  await writeDocument({ bucket: setting('ISSUER_BUCKET'), key: documentKey(cluster, path) }, document, signal)
  const { differences: _, ...made } = change
  return made
}

/** Returns the reason why AWS does not see exactly these keys yet, or undefined if it does. */
export async function reasonNotVisible(
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
    if (error instanceof Unreachable || error instanceof CloudUnavailable) return reasonToWait(error)
    // readDiscovery rejects a key set without keys, which is the desired key set here.
    if (error instanceof InvalidDiscovery && keys.length === 0) return undefined
    throw error
  }
}
