import { allDone } from '../../errors/attempts.ts'
import { listWorkloads, managersOf, workloadPosition } from '../../operations/lists/workload-list.ts'
import { holdersToShow } from '../../operations/lock/stale-lock.ts'
import type { ListedWorkload } from '../../operations/record/record.ts'
import { clusterResource, deploymentResource, workloadResource } from '../access/checks.ts'
import { type AllowedCall, operation } from '../operation.ts'
import { nextPage, readQuery, workloadsQuery } from '../queries.ts'
import { visiblePage } from '../visible-page.ts'
import { workloadSummaryOf } from './workload-view.ts'

export const handler = operation({
  authorizes: (call) => ({
    checks: [{ action: 'list-workloads', resource: deploymentResource }],
    input: readQuery(workloadsQuery, call.query),
  }),
  runs: async (call, query) => {
    const { entries, next } = await visiblePage(query, (from) => listWorkloads(query, from), {
      positionOf: workloadPosition,
      maySee: (workload) => seesWorkload(call, workload),
    })
    const clusters = new Set(entries.map(({ cluster }) => cluster))
    const [holders, managers] = await allDone([holdersToShow(clusters), managersOf(clusters)])
    const workloads = entries.map((workload) =>
      workloadSummaryOf(workload, {
        manager: managers.get(workloadPosition(workload)),
        holder: holders.get(workload.cluster),
      }),
    )
    return { status: 200, body: { workloads, ...nextPage(`${call.root}/v1/workloads`, query, next) } }
  },
})

/** The same authorization checks as get-cluster makes for a workload. */
function seesWorkload({ maySee }: AllowedCall, workload: ListedWorkload): boolean {
  const { cluster } = workload
  return (
    maySee({ action: 'read-workload', resource: workloadResource(cluster, workload) }) &&
    maySee({ action: 'get-cluster', resource: clusterResource(cluster) })
  )
}
