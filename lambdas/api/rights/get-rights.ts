import { clusterResource } from '../access/checks.ts'
import { recordedRequest } from '../clusters/cluster-view.ts'
import { findCluster } from '../clusters/find-cluster.ts'
import { operation } from '../operation.ts'
import { clusterIn } from '../path-names.ts'
import { readQuery, rightsQuery } from '../queries.ts'
import { rightsAnswer, withQuery } from './rights-answer.ts'

export const handler = operation({
  authorizes: (call) => {
    const cluster = clusterIn(call)
    return { checks: [{ action: 'get-rights', resource: clusterResource(cluster) }], input: cluster }
  },
  runs: async (call, cluster) => {
    const query = readQuery(rightsQuery, call.query)
    const recorded = await findCluster(call)
    const { cluster: facts, credentials, managementCredentials } = recorded.cluster.status
    return rightsAnswer(query, {
      request: recordedRequest(recorded),
      minor: facts?.kubernetesMinor,
      renewed: (query.management ? managementCredentials : credentials)?.renewed,
      call: `GET ${withQuery(`/v1/clusters/${cluster}/rights`, call.query)}`,
    })
  },
})
