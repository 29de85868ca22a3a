/**
 * Copies the record of each cluster to a bucket. `npm run deployment -- recover` restores the table from the copies. A
 * copy omits the lock, pendingExpiry and waiting items of the cluster, because they name operations, and operations are
 * not copied.
 */
import * as z from 'zod/mini'
import { deleteDocument, writeDocument } from '../../clouds/aws/documents.ts'
import { allDoneInBatches } from '../../errors/attempts.ts'
import { setting } from '../../settings.ts'
import { copyKey } from './copy-key.ts'
import { where } from './expression.ts'
import type { RecordedOperation } from './operations.ts'
import { keys, pendingExpiryPrefix, queryItems, waitingPrefix } from './table.ts'

const atOnce = 20

const timeoutMs = 20_000

/** The content of a copy. table.ts and record.ts describe the attributes of the items. */
export const recordCopy = z.object({
  items: z.array(z.looseObject({ pk: z.string(), sk: z.string() })),
})

/**
 * Copies the record of each cluster that an ended operation may have changed. Deletes the copy of a cluster that is no
 * longer recorded; the bucket retains earlier versions.
 *
 * @throws {StepError} when a call fails; the next call copies the rest
 */
export async function copyChanged(recorded: RecordedOperation): Promise<void> {
  await allDoneInBatches(changedClusters(recorded), atOnce, copy)
}

/** A dry run changes no cluster's record. The clusters of a rotation are the items of its steps. */
function changedClusters({ operation, steps }: RecordedOperation): readonly string[] {
  const { cluster, dryRun } = operation
  if (dryRun) return []
  if (cluster !== undefined) return [cluster]
  return [...new Set(steps.flatMap(({ item }) => item ?? []))]
}

/** The prefixes of `sk` of the items that are not copied. */
function notCopiedPrefixes(cluster: string): readonly string[] {
  return [keys.lock(cluster).sk, pendingExpiryPrefix, waitingPrefix]
}

async function copy(cluster: string): Promise<void> {
  const read = await queryItems(where`pk = ${keys.cluster(cluster).pk}`)
  const items = read.filter(({ sk }) => !notCopiedPrefixes(cluster).some((prefix) => String(sk).startsWith(prefix)))
  const ref = { bucket: setting('RECORD_COPIES_BUCKET'), key: copyKey(cluster) }
  const signal = AbortSignal.timeout(timeoutMs)
  if (items.length === 0) return deleteDocument(ref, signal)
  const text = JSON.stringify({ items })
  await writeDocument(ref, { text, contentType: 'application/json', cacheControl: 'no-store' }, signal)
}
