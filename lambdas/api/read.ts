import { handler as computeRights } from './compute-rights.ts'
import { handler as getAccess } from './get-access.ts'
import { handler as getCluster } from './get-cluster.ts'
import { handler as getGeneration } from './get-generation.ts'
import { handler as getManifest } from './get-manifest.ts'
import { handler as getOpenapi } from './get-openapi.ts'
import { handler as getOperation } from './get-operation.ts'
import { handler as getRights } from './get-rights.ts'
import { handler as listClusters } from './list-clusters.ts'
import { handler as listGenerations } from './list-generations.ts'
import { handler as listOperations } from './list-operations.ts'
import { handler as listWorkloads } from './list-workloads.ts'
import { routing } from './operation.ts'

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
