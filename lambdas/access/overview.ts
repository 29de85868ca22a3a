/**
 * A caller's permissions in a scope, and the roles that have them. User interfaces read this before they show actions.
 * It does not authorize: each request is checked again with its complete content.
 */

import { covers } from '../spec/wildcard.ts'
import { type ActionName, actionNames, actions } from './actions.ts'
import type { AuthorizationRequest, Resource } from './authorization-request.ts'
import { type Access, everywhere, type HeldGrant } from './decide.ts'
import type { Principal } from './principal.ts'
import type { RoleName } from './roles.ts'

/** Without `cluster`: any cluster in the caller's grants. Without `namespace`: any namespace in the grants. */
export interface Scope {
  readonly cluster?: string | undefined
  readonly namespace?: string | undefined
}

export interface AccessQuery extends Scope {
  /** The name of the caller that requested the operation. */
  readonly owner: string
}

export interface ActionAccess {
  readonly allowed: boolean
  /** The roles that may do it, the least powerful first. */
  readonly roles: readonly RoleName[]
}

/**
 * Returns for each action whether the caller may perform it, and the roles that may. An action that exists for clusters
 * and workloads is checked on a workload if the query names a namespace, and otherwise on the cluster.
 */
export function actionsFor(
  access: Access,
  principal: Principal,
  query: AccessQuery,
): Readonly<Record<string, ActionAccess>> {
  const grants = access.grantsOf(principal)
  const accessTo = (action: ActionName): ActionAccess => {
    const roles = access.rolesThatMay(principal, requestOf(action, withWildcards(query), query))
    const scopes = scopesOf(grants, roles, query)
    return {
      roles,
      allowed: scopes.some((scope) => access.decide(principal, requestOf(action, scope, query)).allowed),
    }
  }
  return Object.fromEntries(actionNames.map((action) => [action, accessTo(action)]))
}

/**
 * The managed policies that the caller may give to a workload in this scope. Of the patterns of the deployment and of
 * the caller's grants, it returns those whose every match is allowed by both.
 *
 * @param allowed the patterns of the deployment
 */
export function givablePolicies(
  access: Access,
  principal: Principal,
  query: AccessQuery,
  allowed: readonly string[],
): readonly string[] {
  const grants = access.grantsOf(principal)
  const roles = access.rolesThatMay(principal, requestOf('add-workload', withWildcards(query), query))
  const scopes = scopesOf(grants, roles, query)
  const mayGive = (arn: string) =>
    scopes.some((scope) => {
      const request = { ...requestOf('add-workload', scope, query), policyArns: [arn] }
      return access.decide(principal, request).allowed
    })
  const patterns = new Set([...allowed, ...grants.flatMap(({ policyArns }) => policyArns)])
  return [...patterns].filter((pattern) => covers(allowed, pattern) && mayGive(pattern))
}

type CompleteScope = Readonly<Record<'cluster' | 'namespace', string>>

function withWildcards({ cluster = '*', namespace = '*' }: Scope): CompleteScope {
  return { cluster, namespace }
}

/**
 * Uses the patterns in the grants of these roles as names, because a pattern covers its own text. A caller without a
 * grant may have permissions by a policy of the company, so its scope is everything.
 */
function scopesOf(
  grants: readonly HeldGrant[],
  roles: readonly RoleName[],
  { cluster, namespace }: Scope,
): CompleteScope[] {
  const grantScopes = grants.length === 0 ? [everywhere] : grants.filter(({ role }) => roles.includes(role))
  const scopes = grantScopes.flatMap(({ clusters, namespaces }) =>
    named(cluster, clusters).flatMap((inCluster) =>
      named(namespace, namespaces).map((inNamespace) => ({ cluster: inCluster, namespace: inNamespace })),
    ),
  )
  return [...new Map(scopes.map((scope) => [`${scope.cluster}/${scope.namespace}`, scope])).values()]
}

function named(name: string | undefined, patterns: readonly string[]): readonly string[] {
  return name === undefined ? patterns : [name]
}

function requestOf(action: ActionName, scope: CompleteScope, query: AccessQuery): AuthorizationRequest {
  return { action, resource: resourceOf(action, scope, query) }
}

function resourceOf(action: ActionName, { cluster, namespace }: CompleteScope, query: AccessQuery): Resource {
  const types: readonly Resource['type'][] = actions[action].on
  if (types.includes('Deployment')) return { type: 'Deployment' }
  if (types.includes('Operation')) {
    return { type: 'Operation', operationId: '*', kind: 'setup', cluster, owner: query.owner, namespaces: [namespace] }
  }
  const onCluster = types.includes('Cluster') && (query.namespace === undefined || !types.includes('Workload'))
  return onCluster ? { type: 'Cluster', cluster } : { type: 'Workload', cluster, namespace, serviceAccount: '*' }
}
