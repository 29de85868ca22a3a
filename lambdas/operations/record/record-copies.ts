/**
 * Copies of the record of each cluster in a bucket, from which `npm run deployment -- recover` writes the table again. A copy has all
 * items below the cluster but its lock, marks and waiting operations: they lead to operations, which are not copied.
 */
import * as z from 'zod/mini'
import { deleteDocument, writeDocument } from '../../clouds/aws/documents.ts'
import { allDoneInBatches } from '../../errors/attempts.ts'
import { setting } from '../../settings.ts'
import { copyKey } from './copy-key.ts'
import { where } from './expression.ts'
import type { RecordedOperation } from './operations.ts'
import { keptPrefix, keys, queryItems, waitingPrefix } from './table.ts'

/** How many copies are written at the same time. */
const atOnce = 20

const timeoutMs = 20_000

/** What is in a copy. The items have the attributes that table.ts and record.ts describe. */
export const recordCopy = z.object({
  items: z.array(z.looseObject({ pk: z.string(), sk: z.string() })),
})

/**
 * Copies the record of each cluster that an operation which has ended may have changed. A cluster that is no longer recorded
 * has no copy either; the bucket keeps earlier versions.
 *
 * @throws {StepError} when a call fails; the next call copies what is left
 */
export async function copyChanged(recorded: RecordedOperation): Promise<void> {
  await allDoneInBatches(changedClusters(recorded), atOnce, copy)
}

/** A dry run writes nothing into the record of a cluster. The steps of a rotation name the clusters. */
function changedClusters({ operation, steps }: RecordedOperation): readonly string[] {
  const { cluster, dryRun } = operation
  if (dryRun) return []
  if (cluster !== undefined) return [cluster]
  return [...new Set(steps.flatMap(({ item }) => item ?? []))]
}

function ofOperations(cluster: string): readonly string[] {
  return [keys.lock(cluster).sk, keptPrefix, waitingPrefix]
}

async function copy(cluster: string): Promise<void> {
  const read = await queryItems(where`pk = ${keys.cluster(cluster).pk}`)
  const items = read.filter(({ sk }) => !ofOperations(cluster).some((prefix) => String(sk).startsWith(prefix)))
  const ref = { bucket: setting('RECORD_COPIES_BUCKET'), key: copyKey(cluster) }
  const signal = AbortSignal.timeout(timeoutMs)
  if (items.length === 0) return deleteDocument(ref, signal)
  const text = JSON.stringify({ items })
  await writeDocument(ref, { text, contentType: 'application/json', cacheControl: 'no-store' }, signal)
}
