import { listGenerations, operationsOf } from '../../operations/lists/generation-list.ts'
import { itemOf, type WorkloadRef } from '../../ownership/ownership.ts'
import { clusterResource, operationResource, workloadResource } from '../access/checks.ts'
import { findCluster } from '../clusters/find-cluster.ts'
import { type AllowedCall, operation } from '../operation.ts'
import { clusterIn } from '../path-names.ts'
import { generationsQuery, nextPage, readQuery } from '../queries.ts'
import { generationSummaryOf } from './generation-view.ts'

export const handler = operation({
  authorizes: (call) => {
    const cluster = clusterIn(call)
    return { checks: [{ action: 'get-cluster', resource: clusterResource(cluster) }], input: cluster }
  },
  runs: async (call, cluster) => {
    const query = readQuery(generationsQuery, call.query)
    // Reads one more generation than the page shows: the oldest shown one is compared with its predecessor.
    const read = await listGenerations(cluster, { before: query.after, limit: query.limit + 1 })
    if (read.length === 0) await findCluster(call)
    const shown = read.slice(0, query.limit)
    const operations = await operationsOf(shown)
    const maySee = cachedMaySee(call, cluster)
    const generations = shown.map((item, index) => {
      const started = operations.get(item.operationId)
      const seen = started && call.maySee({ action: 'get-operation', resource: operationResource(started) })
      return generationSummaryOf(item, read[index + 1], {
        workload: maySee,
        ...(seen && { operationStatus: started.status }),
      })
    })
    const last = read.length > query.limit ? shown.at(-1) : undefined
    const next = nextPage(`${call.root}/v1/clusters/${cluster}/generations`, query, last && String(last.generation))
    return { status: 200, body: { generations, ...next } }
  },
})

/** Caches decisions, because generations share workloads: thousands of authorization checks take seconds. */
function cachedMaySee(call: AllowedCall, cluster: string): (workload: WorkloadRef) => boolean {
  const decided = new Map<string, boolean>()
  return (workload) => {
    const name = itemOf(workload)
    const known = decided.get(name)
    if (known !== undefined) return known
    const seen = call.maySee({ action: 'read-workload', resource: workloadResource(cluster, workload) })
    decided.set(name, seen)
    return seen
  }
}
