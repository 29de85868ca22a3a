import { handler as getAccess } from './access/get-access.ts'
import { handler as getCluster } from './clusters/get-cluster.ts'
import { handler as listClusters } from './clusters/list-clusters.ts'
import { handler as getGeneration } from './generations/get-generation.ts'
import { handler as listGenerations } from './generations/list-generations.ts'
import { handler as getOpenapi } from './get-openapi.ts'
import { routing } from './operation.ts'
import { handler as getOperation } from './operations/get-operation.ts'
import { handler as listOperations } from './operations/list-operations.ts'
import { handler as computeRights } from './rights/compute-rights.ts'
import { handler as getRights } from './rights/get-rights.ts'
import { handler as getManifest } from './workloads/get-manifest.ts'
import { handler as listWorkloads } from './workloads/list-workloads.ts'

export const handler = routing({
  'compute-rights': computeRights,
  'get-access': getAccess,
  'get-cluster': getCluster,
  'get-generation': getGeneration,
  'get-manifest': getManifest,
  'get-openapi': getOpenapi,
  'get-operation': getOperation,
  'get-rights': getRights,
  'list-clusters': listClusters,
  'list-generations': listGenerations,
  'list-operations': listOperations,
  'list-workloads': listWorkloads,
})
