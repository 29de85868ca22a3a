import type { ListedWorkload } from '../operations/record.ts'
import { holdersToShow } from '../operations/stale-lock.ts'
import { listWorkloads, workloadPlace } from '../operations/workload-list.ts'
import { type AllowedCall, operation } from './operation.ts'
import { nextPage, readQuery, workloadsQuery } from './queries.ts'
import { clusterResource, deploymentResource, workloadResource } from './questions.ts'
import { visiblePage } from './visible-page.ts'
import { workloadSummaryOf } from './workload-view.ts'

export const handler = operation({
  asks: (call) => ({
    questions: [{ action: 'list-workloads', resource: deploymentResource }],
    subject: readQuery(workloadsQuery, call.query),
  }),
  runs: async (call, query) => {
    const { entries, last } = await visiblePage(query, (from) => listWorkloads(query, from), {
      placeOf: workloadPlace,
      sees: (workload) => seesWorkload(call, workload),
    })
    const holders = await holdersToShow(new Set(entries.map(({ cluster }) => cluster)))
    const workloads = entries.map((workload) => workloadSummaryOf(workload, holders.get(workload.cluster)))
    return { status: 200, body: { workloads, ...nextPage(`${call.root}/v1/workloads`, query, last) } }
  },
})

/** What get-cluster asks before it shows a workload. */
function seesWorkload({ sees }: AllowedCall, workload: ListedWorkload): boolean {
  const { cluster } = workload
  return (
    sees({ action: 'read-workload', resource: workloadResource(cluster, workload) }) &&
    sees({ action: 'get-cluster', resource: clusterResource(cluster) })
  )
}
