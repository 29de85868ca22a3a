/**
 * What each workload of a cluster is to have (`spec`), and what create-role has made for it (`status.role`), which is the
 * third side of its three-way comparison: what is attached, recorded here and no longer asked for was attached by us and is
 * detached; what is attached and not recorded here was attached by others and is left.
 *
 * To lose nothing in a crash, create-role writes twice: before it acts the union of the record and of what is asked for
 * now, after it has acted exactly what is asked for. A crash in between leaves the union, and the next run detaches from
 * it what is not wanted, whether it was attached or not. An equal record is not written again.
 *
 * A workload that gets a role of another name keeps the earlier one here: delete-role takes all of them away.
 */
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { explained } from '../clouds/aws/errors.ts'
import { allDone } from '../errors/attempts.ts'
import type { WorkloadRef } from '../ownership/ownership.ts'
import { setting } from '../settings.ts'
import type { Workload } from '../spec/parts.ts'
import { noStatus, type RoleRecord, type WorkloadStatus, workloadStatus } from './record.ts'
import { hashOf } from './request-hash.ts'
import { writeStatus } from './status-record.ts'
import { getItem, keys, table, tableCall } from './table.ts'

/** The record of a workload's role, or undefined when create-role has never started for it. */
export async function readRoleRecord(cluster: string, workload: WorkloadRef): Promise<RoleRecord | undefined> {
  return (await readWorkloadStatus(cluster, workload))?.role
}

/** The status of a workload, read consistently; undefined for one that no setup has named. */
export async function readWorkloadStatus(cluster: string, workload: WorkloadRef): Promise<WorkloadStatus | undefined> {
  const item = await getItem(keyOf(cluster, workload))
  return item === undefined ? undefined : workloadStatus.parse(item.status)
}

/** Replaces the record of a workload's role; `known` is what was read or written last, and an equal record is not written. */
export async function writeRoleRecord(
  cluster: string,
  workload: WorkloadRef,
  record: RoleRecord,
  known: RoleRecord | undefined,
): Promise<void> {
  if (known && canonical(known) === canonical(record)) return
  await writeStatus(keyOf(cluster, workload), {}, { role: record })
}

/** Records which roles the workloads of a setup are to have from now on. */
export async function recordWorkloadSpecs(setup: {
  readonly cluster: { readonly name: string }
  readonly workloads: readonly Workload[]
}): Promise<void> {
  const at = new Date().toISOString()
  await allDone(setup.workloads.map((workload) => recordSpec(setup.cluster.name, workload, at)))
}

async function recordSpec(cluster: string, { role, ...ref }: Workload, at: string): Promise<void> {
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key: keyOf(cluster, ref),
    UpdateExpression:
      'SET #namespace = :namespace, serviceAccount = :account, spec = :spec, #status = if_not_exists(#status, :none), updatedAt = :at',
    ExpressionAttributeNames: { '#namespace': 'namespace', '#status': 'status' },
    ExpressionAttributeValues: {
      ':namespace': ref.namespace,
      ':account': ref.serviceAccount,
      ':spec': role,
      ':none': noStatus,
      ':at': at,
    },
  })
  await explained(tableCall('UpdateItem'), table.send(command))
}

/** Forgets a workload of which nothing is left. */
export async function forgetWorkload(cluster: string, workload: WorkloadRef): Promise<void> {
  const Key = keyOf(cluster, workload)
  const command = new DeleteCommand({ TableName: setting('TABLE_NAME'), Key })
  await explained(tableCall('DeleteItem'), table.send(command))
}

function keyOf(cluster: string, { namespace, serviceAccount }: WorkloadRef) {
  return keys.workload(cluster, namespace, serviceAccount)
}

function canonical(record: RoleRecord): string {
  return JSON.stringify([
    record.roleName,
    record.roleArn,
    [...record.policyArns].sort(),
    record.inlinePolicyName ?? null,
    record.applied ? hashOf(record.applied) : null,
    hashOf(record.formerRoles ?? []),
  ])
}
