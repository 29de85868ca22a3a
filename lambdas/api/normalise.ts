import { defaultRoleName } from '../role/name.ts'
import type { SetupRequest } from '../spec/parts.ts'
import type { RequestedSetup } from '../spec/schema.ts'

/**
 * The request in normal form: defaults are filled in, the field that Google's document misspells has its right name,
 * and the spec has the discovery bucket. The normal form of a normal form is the same.
 *
 * @param deployment ACCOUNT/REGION/STACK
 */
export function normalised(request: RequestedSetup, deployment: string): SetupRequest {
  const { cluster, discovery, workloads } = request
  return {
    ...request,
    cluster: normalCluster(cluster, discovery?.bucket),
    ...(discovery && { discovery: { ...discovery, location: discovery.location.toUpperCase() } }),
    workloads: workloads.map((workload) =>
      normalWorkload(workload, defaultRoleName(deployment, cluster.name, workload)),
    ),
  }
}

type RequestedCluster = RequestedSetup['cluster']
type Spec = NonNullable<RequestedCluster['spec']>
type RequestedNodePool = NonNullable<RequestedCluster['nodePools']>[number]

function normalCluster(cluster: RequestedCluster, bucket: string | undefined) {
  const { management, spec, nodePools, proxyUrl, ...rest } = cluster
  return {
    ...rest,
    ...(proxyUrl !== undefined && { proxyUrl: withoutSlash(proxyUrl) }),
    ...(management && { management: withNormalProxy(management) }),
    ...(spec && { spec: normalSpec(spec, bucket) }),
    ...(nodePools && { nodePools: nodePools.map((pool) => normalNodePool(pool, cluster)) }),
  }
}

function withNormalProxy(management: NonNullable<RequestedCluster['management']>) {
  const { proxyUrl } = management
  return proxyUrl === undefined ? management : { ...management, proxyUrl: withoutSlash(proxyUrl) }
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '')
}

function normalSpec(spec: Spec, bucket: string | undefined) {
  const { ServiceLoadBalancerSubnetIDs, ...networking } = spec.networking
  return {
    ...spec,
    networking: {
      ...networking,
      ...(ServiceLoadBalancerSubnetIDs && { serviceLoadBalancerSubnetIDs: ServiceLoadBalancerSubnetIDs }),
    },
    controlPlane: {
      ...spec.controlPlane,
      ...(bucket !== undefined && { workloadIdentity: { oidcDiscoveryGCSBucket: bucket } }),
    },
  }
}

function normalNodePool(pool: RequestedNodePool, cluster: RequestedCluster) {
  const inherited = cluster.spec && { version: cluster.spec.controlPlane.version, region: cluster.spec.region }
  return { ...pool, spec: { clusterName: cluster.name, ...inherited, ...pool.spec } }
}

function normalWorkload(workload: RequestedSetup['workloads'][number], defaultName: string) {
  const { role } = workload
  const { name = defaultName, policyArns = [] } = role
  return { ...workload, role: { ...role, name, policyArns: [...new Set(policyArns)] } }
}
