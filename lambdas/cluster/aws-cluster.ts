import * as z from 'zod/mini'
import { displayName, type Manifest, type ObjectRef } from '../clouds/kubernetes/object.ts'
import { InvalidObject, OwnershipConflict } from '../errors/step-errors.ts'

/** The API of Anthos clusters on AWS, previous generation. */
const apiVersion = 'multicloud.cluster.gke.io/v1'

type Spec = Readonly<Record<string, unknown>>

export function awsClusterRef(name: string, namespace: string) {
  return { apiVersion, kind: 'AWSCluster', name, namespace } as const satisfies ObjectRef
}

export function awsCluster(
  cluster: { readonly name: string; readonly namespace: string },
  spec: Spec,
  bucket: string | undefined,
): Manifest {
  const { name, namespace } = cluster
  return {
    apiVersion,
    kind: 'AWSCluster',
    metadata: { name, namespace },
    spec: bucket === undefined ? spec : withDiscoveryBucket(spec, bucket),
  }
}

export function awsNodePool(
  cluster: { readonly name: string; readonly namespace: string },
  pool: { readonly name: string; readonly spec: Spec },
): Manifest {
  return {
    apiVersion,
    kind: 'AWSNodePool',
    metadata: { name: pool.name, namespace: cluster.namespace },
    spec: { ...pool.spec, clusterName: cluster.name },
  }
}

export const poolType = { apiVersion, kind: 'AWSNodePool' } as const

const poolOfCluster = z.object({ spec: z.object({ clusterName: z.string() }) })

/**
 * Node pools of all clusters share a namespace, so another cluster may already have a node pool of this name.
 *
 * @throws {OwnershipConflict} when the node pool belongs to another cluster
 */
export function requirePoolOf(clusterName: string, manifest: Manifest, live: unknown): void {
  const owner = poolOfCluster.safeParse(live).data?.spec.clusterName
  if (owner === undefined || owner === clusterName) return
  const { kind, metadata } = manifest
  throw new OwnershipConflict({
    object: displayName({ kind, ...metadata }),
    reason: `it is a node pool of cluster ${owner}`,
    action: 'Give the node pool another name in the request',
  })
}

export function isPoolOf(clusterName: string, pool: unknown): boolean {
  return poolOfCluster.safeParse(pool).data?.spec.clusterName === clusterName
}

/** The ID and issuer that the management service reports once it has created the cluster, and the AWS region. */
export const clusterIdentity = z.object({
  clusterId: z.string(),
  issuerUrl: z.string(),
  region: z.exactOptional(z.string()),
})

type ClusterIdentity = z.output<typeof clusterIdentity>

const provisioned = z.object({
  spec: z.optional(z.object({ region: z.optional(z.string()) })),
  status: z.object({
    clusterID: z.string().check(z.minLength(1)),
    workloadIdentityInfo: z.object({ issuerURL: z.string().check(z.minLength(1)) }),
  }),
})

/** Returns the identity of the cluster, or undefined while the AWSCluster lacks an ID or an issuer. */
export function identityOf(live: unknown): ClusterIdentity | undefined {
  const observed = provisioned.safeParse(live).data
  if (!observed) return undefined
  const { spec, status } = observed
  return {
    clusterId: status.clusterID,
    issuerUrl: status.workloadIdentityInfo.issuerURL,
    ...(spec?.region !== undefined && { region: spec.region }),
  }
}

/**
 * Returns the issuer and the URL of the key set (JWKS) that the management service writes. OpenID Connect Discovery
 * derives the URL of the discovery document from the issuer.
 */
export function documentsOf(issuerUrl: string): { readonly issuerUrl: string; readonly jwksUri: string } {
  return { issuerUrl, jwksUri: `${issuerUrl}/openid/v1/jwks` }
}

const withIdentity = z.object({
  spec: z.object({
    controlPlane: z.object({
      workloadIdentity: z.object({ oidcDiscoveryGCSBucket: z.string().check(z.minLength(1)) }),
    }),
  }),
})

/**
 * Requires a discovery bucket. An AWSCluster that was created without workload identity never gets an issuer.
 *
 * @throws {InvalidObject} when the AWSCluster has no discovery bucket
 */
export function requireDiscoveryBucket(awsCluster: string, live: unknown): void {
  if (withIdentity.safeParse(live).success) return
  throw new InvalidObject({
    object: awsCluster,
    reason: 'it has no spec.controlPlane.workloadIdentity.oidcDiscoveryGCSBucket, so it publishes no issuer',
    action:
      'Send the request with discovery, cluster.spec and cluster.nodePools, or make the cluster anew with that field',
  })
}

function withDiscoveryBucket(spec: Spec, bucket: string): Spec {
  const controlPlane = z.record(z.string(), z.unknown()).safeParse(spec.controlPlane).data
  const workloadIdentity = { oidcDiscoveryGCSBucket: bucket }
  return { ...spec, controlPlane: { ...controlPlane, workloadIdentity } }
}
