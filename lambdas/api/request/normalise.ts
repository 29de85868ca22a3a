import { hostedIssuer } from '../../discovery/hosted-issuer.ts'
import { defaultRoleName } from '../../role/name.ts'
import type { Deployment } from '../../spec/deployment.ts'
import type { RequestedSetup } from '../../spec/schema.ts'
import { type Discovery, defaultManagementRole, type SetupRequest } from '../../spec/setup-request.ts'

/**
 * The request in normal form. It omits `awsAccountId` if that is the account of the deployment. It contains the
 * defaults, the discovery bucket in the spec, and the issuer of a hosted cluster. A field that Google's document
 * misspells has its correct name.
 * Normalising a normal form changes nothing.
 */
export function normalised(request: RequestedSetup, { name, accountId, issuerHosts }: Deployment): SetupRequest {
  const { discovery, workloads } = request
  const { awsAccountId, ...own } = request.cluster
  const cluster = awsAccountId === accountId ? own : request.cluster
  return {
    ...request,
    cluster: normalCluster(discovery?.hosting ? withHostedIssuer(cluster, issuerHosts) : cluster, discovery?.bucket),
    ...(discovery && { discovery: normalDiscovery(discovery) }),
    workloads: workloads.map((workload) => normalWorkload(workload, defaultRoleName(name, cluster.name, workload))),
  }
}

function normalDiscovery(discovery: Discovery): Discovery {
  const { hosting, location, managementRole = defaultManagementRole } = discovery
  if (hosting !== undefined) return discovery
  return { ...discovery, managementRole, ...(location !== undefined && { location: location.toUpperCase() }) }
}

function withHostedIssuer(cluster: RequestedCluster, [host]: readonly string[]): RequestedCluster {
  const { name, issuerUrl = host === undefined ? undefined : hostedIssuer(host, name) } = cluster
  return { ...cluster, ...(issuerUrl !== undefined && { issuerUrl }) }
}

type RequestedCluster = RequestedSetup['cluster']
type Spec = NonNullable<RequestedCluster['spec']>
type RequestedNodePool = NonNullable<RequestedCluster['nodePools']>[number]

function normalCluster(cluster: RequestedCluster, bucket: string | undefined) {
  const { management, spec, nodePools, proxyUrl, connection, ...rest } = cluster
  return {
    ...rest,
    ...(connection === 'agent' && { connection }),
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
