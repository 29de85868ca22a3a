/**
 * The record of each workload of a cluster: its status, and in it the role that create-role has made (`status.role`). The
 * role that is requested is in the spec of the cluster.
 *
 * `status.role` is the third side of create-role's three-way comparison. A policy that is attached, recorded here and
 * no longer requested was attached by us, and create-role detaches it. A policy that is attached and not recorded here
 * was attached by somebody else, and create-role leaves it.
 *
 * create-role records the role twice, so that a crash loses nothing. Before it acts, it writes the union of the record
 * and the request: of a role that it makes, with the claim of the role and a time before the creation. After it has acted,
 * exactly the request is recorded, with the condition of the step. A crash in between leaves the union. The next run
 * then detaches each policy of the union that is not requested, whether it was attached or not. An equal record is not
 * written again.
 *
 * When a workload gets a role of another name, the earlier role stays recorded here. delete-role deletes all of them.
 */
import { allDoneInBatches } from '../../errors/attempts.ts'
import type { WorkloadRef } from '../../ownership/ownership.ts'
import { workloadPlace } from '../lists/workload-list.ts'
import { hashOf } from '../start/request-hash.ts'
import { unlessSet } from './expression.ts'
import { noStatus, type RoleRecord, workloadStatus } from './record.ts'
import { statusWrite } from './status-record.ts'
import { getItem, keys, lists } from './table.ts'
import { conditionally, update, type Write, write } from './writes.ts'

/** The record of a workload's role; undefined when create-role has never started for the workload. */
export async function readRoleRecord(cluster: string, workload: WorkloadRef): Promise<RoleRecord | undefined> {
  const item = await getItem(workloadKey(cluster, workload))
  return item === undefined ? undefined : workloadStatus.parse(item.status).role
}

/**
 * Replaces the record of a workload's role, unless it is equal to `known`.
 *
 * @param known the record that was read or written last
 */
export async function writeRoleRecord(
  cluster: string,
  workload: WorkloadRef,
  record: RoleRecord,
  known: RoleRecord | undefined,
): Promise<void> {
  const one = roleWrite({ cluster, workload }, record, known)
  if (one) await conditionally(one)
}

/** The write of {@link writeRoleRecord}, for a transaction. Undefined when the record is equal to `known`. */
export function roleWrite(
  { cluster, workload }: { readonly cluster: string; readonly workload: WorkloadRef },
  record: RoleRecord,
  known: RoleRecord | undefined,
): Write | undefined {
  const role = roleUnlessKnown(record, known)
  return role && statusWrite(workloadKey(cluster, workload), {}, { role })
}

/** The record; undefined when it is equal to `known`. */
export function roleUnlessKnown(record: RoleRecord, known: RoleRecord | undefined): RoleRecord | undefined {
  return known && canonical(known) === canonical(record) ? undefined : record
}

/** How many items are written at the same time. */
const atOnce = 25

/** Lists the workloads of a setup, which have no status before. */
export async function listAsRecorded(setup: {
  readonly cluster: { readonly name: string }
  readonly workloads: readonly WorkloadRef[]
}): Promise<void> {
  const at = new Date().toISOString()
  await allDoneInBatches(setup.workloads, atOnce, (workload) => listOne(setup.cluster.name, workload, at))
}

async function listOne(cluster: string, ref: WorkloadRef, at: string): Promise<void> {
  const { namespace, serviceAccount } = ref
  const listedKey = workloadPlace({ cluster, ...ref })
  const set = {
    ...{ listed: lists.workloads, listedKey, cluster, namespace, serviceAccount },
    status: unlessSet(noStatus),
    updatedAt: at,
  }
  await write(update(workloadKey(cluster, ref), { set }))
}

/** The key of the record of a workload. */
export function workloadKey(cluster: string, { namespace, serviceAccount }: WorkloadRef) {
  return keys.workload(cluster, namespace, serviceAccount)
}

function canonical(record: RoleRecord): string {
  return JSON.stringify([
    record.roleName,
    record.roleArn,
    [...record.policyArns].sort(),
    record.inlinePolicyName ?? null,
    record.changedAt ?? null,
    record.applied ? hashOf(record.applied) : null,
    hashOf(record.formerRoles ?? []),
  ])
}
