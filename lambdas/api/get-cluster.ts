import { clusterViewOf } from '../domain/operation-view.ts'
import { operation } from '../middleware/operation.ts'
import { findCluster } from './find-cluster.ts'

export const handler = operation(async (call) => ({ status: 200, body: clusterViewOf(await findCluster(call)) }))
