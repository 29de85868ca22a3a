import { listClusters } from '../operations/cluster-record.ts'
import { clusterSummaryOf } from './cluster-view.ts'
import { operation } from './operation.ts'
import { clustersQuery, nextPage, readQuery } from './queries.ts'
import { clusterResource, deploymentResource } from './questions.ts'
import { visiblePage } from './visible-page.ts'

export const handler = operation({
  asks: (call) => ({
    questions: [{ action: 'list-clusters', resource: deploymentResource }],
    subject: readQuery(clustersQuery, call.query),
  }),
  runs: async (call, query) => {
    const { entries, last } = await visiblePage(query, (after) => listClusters({ ...query, after }), {
      placeOf: ({ cluster }) => cluster,
      sees: ({ cluster }) => call.sees({ action: 'get-cluster', resource: clusterResource(cluster) }),
    })
    const next = nextPage(`${call.root}/v1/clusters`, query, last)
    return { status: 200, body: { clusters: entries.map(clusterSummaryOf), ...next } }
  },
})
