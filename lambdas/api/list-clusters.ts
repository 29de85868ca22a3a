import { listClusters } from '../operations/cluster-record.ts'
import { clusterSummaryOf } from './cluster-view.ts'
import { operation } from './operation.ts'
import { clustersQuery, nextPage, readQuery } from './queries.ts'

export const handler = operation(async (call) => {
  const query = readQuery(clustersQuery, call.query)
  const clusters = (await listClusters(query)).map(clusterSummaryOf)
  const observed = clusters.map(({ name }) => name)
  return { status: 200, body: { clusters, ...nextPage('/v1/clusters', query, observed) } }
})
