import { answerOf } from '../../client/answer.ts'
import { readCluster } from '../../client/reads.ts'
import type { Context } from '../context.ts'
import { Refused, WrongUse } from '../errors.ts'
import { type RequestDocument, requestsIn, setupRequest } from '../request-file/read.ts'
import { isOfFiles, type Unlisted, unlisted } from './unlisted.ts'

/**
 * A request that restores a generation of a cluster's spec. Workloads that managers other than files have added since
 * then remain.
 *
 * @param prune whether workloads that are not in this generation may be removed
 * @throws {WrongUse} when the generation is not a number
 * @throws {Refused} when the newest generation has other workloads, and they may not be removed
 */
export async function earlierSpec(
  { api }: Context,
  { cluster, generation, prune }: { readonly cluster: string; readonly generation: string; readonly prune: boolean },
): Promise<RequestDocument[]> {
  if (!/^\d{1,10}$/.test(generation)) {
    throw new WrongUse(`--generation takes a number that "wid history ${cluster}" shows, not "${generation}".`)
  }
  const path = { cluster, generation }
  const earlier = await answerOf(api.GET('/v1/clusters/{cluster}/generations/{generation}', { params: { path } }))
  if (!prune) {
    const newest = await readCluster(api, cluster)
    const { workloads } = setupRequest.parse(earlier.spec)
    requireNoRemoval(unlisted(newest.status.workloads, workloads).filter(isOfFiles), { cluster, generation })
  }
  return requestsIn(JSON.stringify(earlier.spec), `generation ${generation} of ${cluster}`)
}

function requireNoRemoval(
  removed: readonly Unlisted[],
  { cluster, generation }: { readonly cluster: string; readonly generation: string },
): void {
  if (removed.length === 0) return
  const names = removed.map(({ name }) => name).join(', ')
  throw new Refused(
    `Returning to generation ${generation} of ${cluster} would remove ${names}. Add --prune to allow that.`,
  )
}
