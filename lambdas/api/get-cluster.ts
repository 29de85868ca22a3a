import { clusterViewOf } from './cluster-view.ts'
import { findCluster } from './find-cluster.ts'
import { operation } from './operation.ts'

export const handler = operation(async (call) => ({ status: 200, body: clusterViewOf(await findCluster(call)) }))
