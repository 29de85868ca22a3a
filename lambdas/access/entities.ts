import type { EntityJson, EntityUidJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs'
import { covers } from '../spec/wildcard.ts'
import type { AuthorizationRequest, Resource } from './authorization-request.ts'
import type { Principal } from './principal.ts'
import type { RoleName } from './roles.ts'

/** A role with its scope, for one evaluation. In patterns, `*` stands for any characters. */
export interface ScopedRole {
  readonly role: RoleName
  readonly clusters: readonly string[]
  readonly namespaces: readonly string[]
  readonly policyArns: readonly string[]
}

/** The scope of a caller without a grant. */
const nowhere: Omit<ScopedRole, 'role'> = { clusters: [], namespaces: [], policyArns: [] }

type Namespace = Readonly<Record<'cluster' | 'name', string>>

const deployment: TypeAndId = { type: 'Deployment', id: 'deployment' }

const clusterUid = (cluster: string): TypeAndId => ({ type: 'Cluster', id: cluster })
const namespaceUid = ({ cluster, name }: Namespace): TypeAndId => ({ type: 'Namespace', id: `${cluster}/${name}` })

export function resourceUid(resource: Resource): TypeAndId {
  if (resource.type === 'Deployment') return deployment
  if (resource.type === 'Cluster') return clusterUid(resource.cluster)
  if (resource.type === 'Operation') return { type: 'Operation', id: resource.operationId }
  return { type: 'Workload', id: `${resource.cluster}/${resource.namespace}/${resource.serviceAccount}` }
}

export function callerUid(principal: Principal): TypeAndId {
  return { type: 'Caller', id: principal.name }
}

/** The entities of a request: the caller with this grant, the resource, and the parents of the resource. */
export function entitiesOf(
  principal: Principal,
  scopedRole: ScopedRole | undefined,
  request: AuthorizationRequest,
): EntityJson[] {
  const { resource } = request
  const { cluster } = locationOf(resource)
  const namespaces = namespacesOf(resource)
  const roles = scopedRole ? [{ type: 'Role', id: scopedRole.role }] : []
  return [
    callerEntity(principal, roles, scopeOf(scopedRole, request)),
    ...roles.map((uid) => entity(uid)),
    entity(deployment),
    ...(cluster === undefined ? [] : clusterEntities(cluster, namespaces)),
    ...(resource.type === 'Workload' || resource.type === 'Operation' ? [resourceEntity(resource)] : []),
  ]
}

function callerEntity(principal: Principal, parents: EntityUidJson[], scope: EntityJson['attrs']): EntityJson {
  const uid = callerUid(principal)
  if (principal.kind === 'iam') return entity(uid, { parents, attrs: { ...principal, ...scope } })
  const { claims, ...attributes } = principal
  const tags = Object.fromEntries(Object.entries(claims).map(([claim, texts]) => [claim, [...texts]]))
  return entity(uid, { parents, attrs: { ...attributes, ...scope }, tags })
}

/** The part of the request that the grant covers. Empty without a grant. */
function scopeOf(
  scopedRole: ScopedRole | undefined,
  { resource, policyArns = [] }: AuthorizationRequest,
): EntityJson['attrs'] {
  const { clusters, namespaces, policyArns: allowed } = scopedRole ?? nowhere
  const { cluster } = locationOf(resource)
  const inCluster = cluster !== undefined && covers(clusters, cluster)
  const own = inCluster ? namespacesOf(resource).filter(({ name }) => covers(namespaces, name)) : []
  return {
    deployments: clusters.includes('*') ? [{ __entity: deployment }] : [],
    clusters: inCluster ? [{ __entity: clusterUid(cluster) }] : [],
    namespaces: own.map((namespace) => ({ __entity: namespaceUid(namespace) })),
    policyArns: policyArns.filter((arn) => covers(allowed, arn)),
  }
}

function clusterEntities(cluster: string, namespaces: readonly Namespace[]): EntityJson[] {
  return [
    entity(clusterUid(cluster), { parents: [deployment], attrs: { name: cluster } }),
    ...namespaces.map((namespace) =>
      entity(namespaceUid(namespace), { parents: [clusterUid(cluster)], attrs: { ...namespace } }),
    ),
  ]
}

function resourceEntity(resource: Extract<Resource, { type: 'Workload' | 'Operation' }>): EntityJson {
  const uid = resourceUid(resource)
  if (resource.type === 'Workload') {
    const { cluster, namespace, serviceAccount } = resource
    const attrs = { cluster, namespace, name: serviceAccount }
    return entity(uid, { parents: [namespaceUid({ cluster, name: namespace })], attrs })
  }
  const { cluster, kind, owner } = resource
  const namespaces = namespacesOf(resource).map((namespace) => ({ __entity: namespaceUid(namespace) }))
  const parent = cluster === undefined ? deployment : clusterUid(cluster)
  return entity(uid, { parents: [parent], attrs: { kind, owner, namespaces } })
}

function locationOf(resource: Resource): { readonly cluster?: string | undefined } {
  return resource.type === 'Deployment' ? {} : resource
}

function namespacesOf(resource: Resource): readonly Namespace[] {
  if (resource.type === 'Workload') return [{ cluster: resource.cluster, name: resource.namespace }]
  if (resource.type !== 'Operation') return []
  const { cluster, namespaces } = resource
  return cluster === undefined ? [] : namespaces.map((name) => ({ cluster, name }))
}

function entity(uid: TypeAndId, rest: Partial<Omit<EntityJson, 'uid'>> = {}): EntityJson {
  return { uid, attrs: {}, parents: [], ...rest }
}
