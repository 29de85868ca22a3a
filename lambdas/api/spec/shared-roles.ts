import type { DeclaredWorkload } from '../../operations/record/record.ts'
import { itemOf } from '../../ownership/ownership.ts'
import { comparedRoleName } from '../../role/name.ts'
import type { Workload } from '../../spec/setup-request.ts'
import { ProblemError, problem } from '../problem.ts'

/**
 * Compares the roles of the sent workloads with the roles of the complete spec.
 *
 * @param all the workloads of the new spec
 * @throws {ProblemError} 409 when another workload of the spec has the role of a sent workload; the error does not name
 *   the other workload, because the caller may lack permission to see it
 */
export function refuseSharedRoles(cluster: string, sent: readonly Workload[], all: readonly DeclaredWorkload[]): void {
  const byRole = Map.groupBy(all, roleOf)
  const shared = sent.find((one) => byRole.get(roleOf(one))?.some((other) => itemOf(other) !== itemOf(one)))
  if (!shared) return
  const detail = `The role ${shared.role.name} of workload ${itemOf(shared)} is also the role of another workload of cluster ${cluster} (IAM ignores case): choose another role.name`
  throw new ProblemError(problem('conflict', { detail }))
}

function roleOf({ role }: Workload): string {
  return comparedRoleName(role.name)
}
