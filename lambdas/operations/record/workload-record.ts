/**
 * The record of each workload of a cluster: its status. `status.role` is the role that create-role has created or
 * adopted. The spec of the cluster contains the requested role.
 *
 * `status.role` is the third side of create-role's three-way comparison. An attached policy that is recorded here and
 * no longer requested was attached by create-role, so create-role detaches it. An attached policy that is neither
 * recorded here nor requested was attached by another party, so create-role leaves it.
 *
 * create-role records the role twice, so that a crash loses nothing. Before it acts, it writes the union of the record
 * and the request. For a new role, it also writes the claim of the role and a time before the creation. After it has
 * acted, it records exactly the request, together with the condition RoleReady. A crash in between leaves the union.
 * The next run then detaches each policy of the union that is not requested, even if it was never attached. An equal
 * record is not written again.
 *
 * When a workload gets a role of another name, its earlier role stays recorded. delete-role deletes all recorded roles.
 */
import { allDoneInBatches } from '../../errors/attempts.ts'
import type { WorkloadRef } from '../../ownership/ownership.ts'
import { workloadPosition } from '../lists/workload-list.ts'
import { unlessSet } from './expression.ts'
import { hashOf } from './hash.ts'
import { noStatus, type RoleRecord, workloadStatus } from './record.ts'
import { statusWrite } from './status-record.ts'
import { getItem, keys, lists } from './table.ts'
import { conditionally, update, type Write, write } from './writes.ts'

/** Returns the record of a workload's role, or undefined when create-role has never recorded a role of the workload. */
export async function readRoleRecord(cluster: string, workload: WorkloadRef): Promise<RoleRecord | undefined> {
  const item = await getItem(workloadKey(cluster, workload))
  return item === undefined ? undefined : workloadStatus.parse(item.status).role
}

/**
 * Replaces the record of a workload's role, unless it equals `known`.
 *
 * @param known the record that was last read or written
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

/** Returns the write of {@link writeRoleRecord}, for a transaction, or undefined when the record equals `known`. */
export function roleWrite(
  { cluster, workload }: { readonly cluster: string; readonly workload: WorkloadRef },
  record: RoleRecord,
  known: RoleRecord | undefined,
): Write | undefined {
  const role = roleUnlessKnown(record, known)
  return role && statusWrite(workloadKey(cluster, workload), {}, { role })
}

/** Returns the record, or undefined when it equals `known`. */
export function roleUnlessKnown(record: RoleRecord, known: RoleRecord | undefined): RoleRecord | undefined {
  return known && canonical(known) === canonical(record) ? undefined : record
}

const atOnce = 25

/** Adds the workloads of a setup to the list. A workload without a status gets an empty one. */
export async function addWorkloadsToList(setup: {
  readonly cluster: { readonly name: string }
  readonly workloads: readonly WorkloadRef[]
}): Promise<void> {
  const at = new Date().toISOString()
  await allDoneInBatches(setup.workloads, atOnce, (workload) => listOne(setup.cluster.name, workload, at))
}

async function listOne(cluster: string, ref: WorkloadRef, at: string): Promise<void> {
  const { namespace, serviceAccount } = ref
  const listedKey = workloadPosition({ cluster, ...ref })
  const set = {
    ...{ listed: lists.workloads, listedKey, cluster, namespace, serviceAccount },
    status: unlessSet(noStatus),
    updatedAt: at,
  }
  await write(update(workloadKey(cluster, ref), { set }))
}

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
