import { answerOf } from '../api/answer.ts'
import type { Context } from '../context.ts'
import { Refused, WrongUse } from '../errors.ts'
import { type RequestDocument, requestsIn, type SetupRequest, setupRequest } from '../request-file/read.ts'
import { unlisted } from './unlisted.ts'

/**
 * A generation of the spec of a cluster as a request, which returns to it.
 *
 * @param prune whether workloads that it has not may be removed
 * @throws {WrongUse} when the generation is no number
 * @throws {Refused} when the newest generation has workloads that this one has not, and they may not be removed
 */
export async function earlierSpec(
  { api }: Context,
  { cluster, generation, prune }: { readonly cluster: string; readonly generation: string; readonly prune: boolean },
): Promise<RequestDocument[]> {
  if (!/^\d{1,10}$/.test(generation)) {
    throw new WrongUse(`--generation takes a number that "wid history ${cluster}" shows, and this is "${generation}".`)
  }
  const path = { cluster, generation }
  const earlier = await answerOf(api.GET('/v1/clusters/{cluster}/generations/{generation}', { params: { path } }))
  if (!prune) {
    const newest = await answerOf(api.GET('/v1/clusters/{cluster}', { params: { path: { cluster } } }))
    requireNoRemoval(setupRequest.parse(newest.spec), setupRequest.parse(earlier.spec), `generation ${generation}`)
  }
  return requestsIn(JSON.stringify(earlier.spec), `generation ${generation} of ${cluster}`)
}

function requireNoRemoval(newest: SetupRequest, earlier: SetupRequest, name: string): void {
  const removed = unlisted(newest.workloads, earlier.workloads)
  if (removed.length === 0) return
  throw new Refused(
    `To return to ${name} of ${newest.cluster.name} would remove ${removed.join(', ')}. Add --prune to remove what that generation has not.`,
  )
}
