/** The preconditions for a replaced spec, and for workloads that it removes. */
import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import { itemOf, type WorkloadRef } from '../../ownership/ownership.ts'
import type { SpecChange } from '../access/checks.ts'
import { ProblemError, problem } from '../problem.ts'

/**
 * @param generation the generation that the caller has read, 0 if no spec existed; undefined if the request names none
 * @throws {ProblemError} 412 when the spec has another generation
 */
export function requireGeneration(generation: number | undefined, recorded: RecordedCluster | undefined): void {
  const now = recorded?.cluster.generation ?? 0
  if (generation === undefined || generation === now) return
  const is = now === 0 ? 'there is no spec of this cluster' : `the spec has the generation ${now}`
  throw stale(`If-Match names the generation ${generation}, but ${is}`)
}

/**
 * @param leaving the workloads that leave the spec
 * @throws {ProblemError} 409 when workloads leave and the request does not allow that; 428 when the request allows it,
 *   but names no generation
 */
export function requireRemovalsAllowed(
  leaving: readonly WorkloadRef[],
  { removals, generation }: { readonly removals: 'allow' | 'refuse'; readonly generation: number | undefined },
): void {
  if (leaving.length === 0) return
  const names = leaving.map(itemOf)
  const [these, them] =
    names.length === 1
      ? [`the workload ${names[0]}`, 'it']
      : [`the ${names.length} workloads ${names.join(', ')}`, 'them']
  const removes = `This spec omits ${these}, so a setup would remove ${them}`
  if (removals === 'refuse') {
    const detail = `${removes}. Add ${them} to the spec, or send removals=allow with the generation in If-Match. DELETE /v1/clusters/CLUSTER/workloads/NAMESPACE/ACCOUNT?dryRun=true reports the pods that use a workload's role`
    throw new ProblemError(problem('removals', { detail }))
  }
  if (generation === undefined) {
    const detail = `${removes}. Send an If-Match header with the generation of the spec that you have read, in quotes, for example If-Match: "7"`
    throw new ProblemError(problem('precondition-required', { detail }))
  }
}

/**
 * The record may have changed since the authorization checks.
 *
 * @param now what the request changes in the newest record
 * @param authorized what the caller was authorized to change
 * @throws {ProblemError} 412 when the request changes more than the caller was authorized to change
 */
export function requireAuthorized(now: SpecChange, authorized: SpecChange): void {
  const isAuthorized =
    isWithin(now.changed, authorized.changed) &&
    isWithin(now.removed, authorized.removed) &&
    (authorized.ofCluster || !now.ofCluster) &&
    (authorized.adopts || !now.adopts)
  if (!isAuthorized) throw stale('The spec of the cluster has changed during the request')
}

function isWithin(some: readonly WorkloadRef[], all: readonly WorkloadRef[]): boolean {
  const known = new Set(all.map(itemOf))
  return some.every((one) => known.has(itemOf(one)))
}

function stale(reason: string): ProblemError {
  const detail = `${reason}. Read the cluster, compare, and send the request again with its generation`
  return new ProblemError(problem('precondition-failed', { detail }))
}
