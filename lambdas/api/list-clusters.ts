import { listClusters } from '../clouds/aws/cluster-record.ts'
import { clusterSummaryOf } from '../domain/operation-view.ts'
import { operation } from '../middleware/operation.ts'
import { clustersQuery, nextPage, readQuery } from './queries.ts'

export const handler = operation(async (call) => {
  const query = readQuery(clustersQuery, call.query)
  const clusters = (await listClusters(query)).map(clusterSummaryOf)
  const found = clusters.map(({ name }) => name)
  return { status: 200, body: { clusters, ...nextPage('/v1/clusters', query, found) } }
})
