/**
 * Records when the items of an ended operation expire. The newest operation that changed a cluster has no expiry while
 * the cluster is recorded, because the cluster's record names this operation. Each operation that changed the cluster
 * and has no expiry yet has a pendingExpiry item of its own. When a later operation of the cluster ends, it sets the
 * expiry of these operations.
 */
import * as z from 'zod/mini'
import { allDone, allDoneInBatches } from '../../errors/attempts.ts'
import { setting } from '../../settings.ts'
import { expiryOf } from './expiry.ts'
import { where } from './expression.ts'
import { clusterItem, type OperationItem, operationItem } from './record.ts'
import { type ItemKey, keys, pendingExpiryPrefix, queryItems } from './table.ts'
import { conditionally, remove, update, write } from './writes.ts'

/** The number of concurrent writes. A rotation has several items for each cluster. */
const atOnce = 50

const operationDays = z.object({ looks: z.number(), changes: z.number() })

/**
 * Sets the expiry of an ended operation, and the pending expiry of other operations that changed its cluster. The
 * newest operation that changed the cluster gets no expiry.
 *
 * @throws {StepError} when a call fails; the next call sets the rest
 */
export async function setExpiry({ operationId, cluster }: OperationItem): Promise<void> {
  const { newest, pending } = cluster === undefined ? noChanges : await changesOf(cluster)
  const ended = new Set([operationId, ...pending])
  for (const each of ended) if (each !== newest) await setExpiryOfItems(each)
  if (cluster === undefined) return
  for (const each of pending) if (each !== newest) await write(remove(keys.pendingExpiry(cluster, each)))
}

const noChanges = { newest: undefined, pending: [] }

const pendingExpiryItem = z.object({ sk: z.string() })
const newestChange = z.pick(clusterItem, { lastOperationId: true })

/**
 * Returns the newest operation that changed the cluster, and the operations with a pending expiry. `newest` is
 * undefined when the cluster is no longer recorded. Uses queries, because the reconciler has no permission for GetItem.
 */
async function changesOf(cluster: string) {
  const { pk, sk } = keys.cluster(cluster)
  const [[recorded], items] = await allDone([
    queryItems(where`pk = ${pk} AND sk = ${sk}`),
    queryItems(where`pk = ${pk} AND begins_with(sk, ${pendingExpiryPrefix})`),
  ])
  return {
    newest: recorded && newestChange.parse(recorded).lastOperationId,
    pending: items.map((item) => pendingExpiryItem.parse(item).sk.slice(pendingExpiryPrefix.length)),
  }
}

async function setExpiryOfItems(operationId: string): Promise<void> {
  const { pk, sk } = keys.operation(operationId)
  const items = await queryItems(where`pk = ${pk}`)
  const operation = items.find((item) => item.sk === sk)
  const expiresAt = operation && expiryOf(operationItem.parse(operation), daysOfDeployment())
  if (expiresAt === undefined) return
  await allDoneInBatches(items, atOnce, ({ sk: part }) => expire({ pk, sk: String(part) }, expiresAt))
}

function daysOfDeployment() {
  return operationDays.parse(JSON.parse(setting('OPERATION_DAYS')))
}

/** DynamoDB may have deleted the item since it was read. */
async function expire(key: ItemKey, expiresAt: number): Promise<void> {
  await conditionally(update(key, { set: { expiresAt } }, where`attribute_exists(pk)`))
}
