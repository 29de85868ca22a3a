import { readAgent } from '../../agent/agent-record.ts'
import { holderToShow } from '../../operations/lock/stale-lock.ts'
import { readThumbprintHistory } from '../../provider/thumbprint-record.ts'
import { clusterResource, workloadResource } from '../access/checks.ts'
import { tagOf } from '../if-match.ts'
import { operation } from '../operation.ts'
import { clusterIn } from '../path-names.ts'
import { clusterViewOf } from './cluster-view.ts'
import { findCluster } from './find-cluster.ts'

export const handler = operation({
  authorizes: (call) => {
    const cluster = clusterIn(call)
    return { checks: [{ action: 'get-cluster', resource: clusterResource(cluster) }], input: cluster }
  },
  runs: async (call, cluster) => {
    const recorded = await findCluster(call)
    const workloads = recorded.workloads.filter((workload) =>
      call.maySee({ action: 'read-workload', resource: workloadResource(cluster, workload) }),
    )
    const holder = recorded.lock && (await holderToShow(recorded.lock.operationId))
    const isByAgent = recorded.cluster.spec.cluster.connection === 'agent'
    const [history, agent] = await Promise.all([
      readThumbprintHistory(cluster),
      isByAgent ? readAgent(cluster) : undefined,
    ])
    const thumbprints = Object.keys(history)
    const headers = { etag: tagOf(recorded.cluster.generation) }
    return { status: 200, headers, body: clusterViewOf({ ...recorded, workloads }, { thumbprints, holder, agent }) }
  },
})
