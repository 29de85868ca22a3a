import { type RecordedCluster, readCluster } from '../../operations/record/cluster-record.ts'
import type { SetupRequest } from '../../spec/parts.ts'
import { ProblemError, problem } from '../problem.ts'
import { immutableChangesIn } from './immutable-fields.ts'

/**
 * The record that the request was compared with; undefined when no setup was ever requested.
 *
 * @throws {ProblemError} 409 when the request changes immutable fields; it names each of them
 */
export async function refuseImmutableChanges(request: SetupRequest): Promise<RecordedCluster | undefined> {
  const recorded = await readCluster(request.cluster.name)
  const issues = recorded ? immutableChangesIn(request, recorded) : []
  if (issues.length === 0) return recorded
  const detail = 'What setups have made is not moved: what is at its place would be left behind'
  throw new ProblemError(problem('conflict', { detail, issues }))
}
