import { readAgents } from '../../agent/agent-record.ts'
import { workloadsOf } from '../../operations/lists/workload-list.ts'
import { holdersToShow } from '../../operations/lock/stale-lock.ts'
import { listClusters } from '../../operations/record/cluster-record.ts'
import type { ListedWorkload } from '../../operations/record/record.ts'
import { clusterResource, deploymentResource, workloadResource } from '../access/checks.ts'
import { operation } from '../operation.ts'
import { clustersQuery, nextPage, readQuery } from '../queries.ts'
import { visiblePage } from '../visible-page.ts'
import { clusterSummaryOf, workloadsForHealth } from './cluster-view.ts'

export const handler = operation({
  authorizes: (call) => ({
    checks: [{ action: 'list-clusters', resource: deploymentResource }],
    input: readQuery(clustersQuery, call.query),
  }),
  runs: async (call, query) => {
    const { entries, next } = await visiblePage(query, listClusters, {
      positionOf: ({ cluster }) => cluster,
      maySee: ({ cluster }) => call.maySee({ action: 'get-cluster', resource: clusterResource(cluster) }),
    })
    const names = new Set(entries.map(({ cluster }) => cluster))
    const byAgent = entries.filter(({ spec }) => spec.cluster.connection === 'agent').map(({ cluster }) => cluster)
    const [workloads, holders, agents] = await Promise.all([
      workloadsOf(names),
      holdersToShow(names),
      readAgents(byAgent),
    ])
    const maySee = (workload: ListedWorkload) =>
      call.maySee({ action: 'read-workload', resource: workloadResource(workload.cluster, workload) })
    const clusters = entries.map((cluster) => {
      const { cluster: name } = cluster
      const forHealth = workloadsForHealth(workloads.get(name) ?? [], maySee)
      return clusterSummaryOf({ cluster, workloads: forHealth }, { holder: holders.get(name), agent: agents.get(name) })
    })
    return { status: 200, body: { clusters, ...nextPage(`${call.root}/v1/clusters`, query, next) } }
  },
})
