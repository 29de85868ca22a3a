import { findCluster } from './find-cluster.ts'
import { operation } from './operation.ts'
import { clusterViewOf } from './views.ts'

export const handler = operation(async (call) => ({ status: 200, body: clusterViewOf(await findCluster(call)) }))
