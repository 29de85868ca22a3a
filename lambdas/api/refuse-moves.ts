import { type RecordedCluster, readCluster } from '../operations/cluster-record.ts'
import type { SetupRequest } from '../spec/parts.ts'
import { movesIn } from './immutable-fields.ts'
import { Refusal } from './operation.ts'
import { problem } from './problem.ts'

/**
 * The record that the request was compared with; undefined when no setup was ever requested.
 *
 * @throws {Refusal} 409 when the request changes immutable fields; it names each of them
 */
export async function refuseMoves(request: SetupRequest): Promise<RecordedCluster | undefined> {
  const recorded = await readCluster(request.cluster.name)
  const faults = recorded ? movesIn(request, recorded.cluster) : []
  if (faults.length === 0) return recorded
  const detail = 'What setups have made is not moved: what is at its place would be left behind'
  throw new Refusal(problem('conflict', { detail, faults }))
}
