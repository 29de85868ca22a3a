/**
 * What create-role was asked for the last time, for each workload of a cluster: the third side of its three-way
 * comparison. What is attached, recorded here and no longer asked for was attached by us and is detached; what is
 * attached and not recorded here was attached by others and is left.
 *
 * To lose nothing in a crash, create-role writes twice: before it acts the union of the record and of what is asked for
 * now, after it has acted exactly what is asked for. A crash in between leaves the union, and the next run detaches from
 * it what is not wanted, whether it was attached or not. An equal record is not written again.
 *
 * A workload that gets a role of another name keeps the earlier one here: delete-role takes all of them away.
 */
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { explained } from '../clouds/aws/errors.ts'
import type { WorkloadRef } from '../ownership/ownership.ts'
import { setting } from '../settings.ts'
import { type RoleRecord, workloadItem } from './record.ts'
import { hashOf } from './request-hash.ts'
import { getItem, keys, table, tableCall } from './table.ts'

/** The record of a workload, or undefined when create-role has never started for it. */
export async function readWorkloadRecord(cluster: string, workload: WorkloadRef): Promise<RoleRecord | undefined> {
  const item = await getItem(keys.workload(cluster, workload.namespace, workload.serviceAccount))
  return item === undefined ? undefined : workloadItem.parse(item)
}

/** Replaces the record of a workload; `known` is what was read or written last, and an equal record is not written. */
export async function writeWorkloadRecord(
  cluster: string,
  workload: WorkloadRef,
  record: RoleRecord,
  known: RoleRecord | undefined,
): Promise<void> {
  if (known && canonical(known) === canonical(record)) return
  const item = { ...record, ...workload, updatedAt: new Date().toISOString() }
  const command = new PutCommand({
    TableName: setting('TABLE_NAME'),
    Item: { ...keys.workload(cluster, workload.namespace, workload.serviceAccount), ...item },
  })
  await explained(tableCall('PutItem'), table.send(command))
}

/** Forgets a workload of which nothing is left. */
export async function forgetWorkload(cluster: string, { namespace, serviceAccount }: WorkloadRef): Promise<void> {
  const Key = keys.workload(cluster, namespace, serviceAccount)
  const command = new DeleteCommand({ TableName: setting('TABLE_NAME'), Key })
  await explained(tableCall('DeleteItem'), table.send(command))
}

function canonical(record: RoleRecord): string {
  return JSON.stringify([
    record.roleName,
    record.roleArn,
    [...record.policyArns].sort(),
    record.inlinePolicyName ?? null,
    record.asked ? hashOf(record.asked) : null,
    hashOf(record.formerRoles ?? []),
  ])
}
