/**
 * A caller's permissions in a scope, and the roles that have them. User interfaces read this before they show actions.
 * It does not authorize: each request is checked again with its complete content.
 */
import { type ActionName, actionNames, actions } from './actions.ts'
import { type Access, everywhere, type HeldGrant } from './decide.ts'
import { covers } from './grants.ts'
import type { Principal } from './principal.ts'
import type { Question, Resource } from './question.ts'
import type { RoleName } from './roles.ts'

/** Without a cluster, any cluster of the caller's grants; without a namespace, any namespace of them. */
export interface Place {
  readonly cluster?: string | undefined
  readonly namespace?: string | undefined
}

export interface Asked extends Place {
  /** The name of the caller that requested the operation. */
  readonly owner: string
}

export interface ActionAccess {
  readonly allowed: boolean
  /** The roles that may do it, the least powerful first. */
  readonly roles: readonly RoleName[]
}

/**
 * For each action whether the caller may do it, and the roles that may. Checks actions on clusters or workloads for a
 * workload if a namespace is given, and for the cluster otherwise.
 */
export function actionsFor(access: Access, principal: Principal, asked: Asked): Readonly<Record<string, ActionAccess>> {
  const grants = access.grantsOf(principal)
  const accessTo = (action: ActionName): ActionAccess => {
    const roles = access.rolesThatMay(principal, questionOf(action, anywhere(asked), asked))
    const places = placesOf(grants, roles, asked)
    return {
      roles,
      allowed: places.some((place) => access.decide(principal, questionOf(action, place, asked)).allowed),
    }
  }
  return Object.fromEntries(actionNames.map((action) => [action, accessTo(action)]))
}

/**
 * The managed policies that the caller may give to a workload in this scope: the patterns of the deployment and of the
 * caller's grants that both allow completely.
 *
 * @param allowed the patterns of the deployment
 */
export function givablePolicies(
  access: Access,
  principal: Principal,
  asked: Asked,
  allowed: readonly string[],
): readonly string[] {
  const grants = access.grantsOf(principal)
  const roles = access.rolesThatMay(principal, questionOf('add-workload', anywhere(asked), asked))
  const places = placesOf(grants, roles, asked)
  const mayGive = (arn: string) =>
    places.some((place) => {
      const question = { ...questionOf('add-workload', place, asked), policyArns: [arn] }
      return access.decide(principal, question).allowed
    })
  const patterns = new Set([...allowed, ...grants.flatMap(({ policyArns }) => policyArns)])
  return [...patterns].filter((pattern) => covers(allowed, pattern) && mayGive(pattern))
}

type WholePlace = Readonly<Record<'cluster' | 'namespace', string>>

function anywhere({ cluster = '*', namespace = '*' }: Place): WholePlace {
  return { cluster, namespace }
}

/**
 * Uses the patterns in the grants of these roles as names, because a pattern covers its own text. A caller without a
 * grant may have permissions by a policy of the company, so its scope is everything.
 */
function placesOf(
  grants: readonly HeldGrant[],
  roles: readonly RoleName[],
  { cluster, namespace }: Place,
): WholePlace[] {
  const scopes = grants.length === 0 ? [everywhere] : grants.filter(({ role }) => roles.includes(role))
  const places = scopes.flatMap(({ clusters, namespaces }) =>
    named(cluster, clusters).flatMap((inCluster) =>
      named(namespace, namespaces).map((inNamespace) => ({ cluster: inCluster, namespace: inNamespace })),
    ),
  )
  return [...new Map(places.map((place) => [`${place.cluster}/${place.namespace}`, place])).values()]
}

function named(name: string | undefined, patterns: readonly string[]): readonly string[] {
  return name === undefined ? patterns : [name]
}

function questionOf(action: ActionName, place: WholePlace, asked: Asked): Question {
  return { action, resource: resourceOf(action, place, asked) }
}

function resourceOf(action: ActionName, { cluster, namespace }: WholePlace, asked: Asked): Resource {
  const types: readonly Resource['type'][] = actions[action].on
  if (types.includes('Deployment')) return { type: 'Deployment' }
  if (types.includes('Operation')) {
    return { type: 'Operation', operationId: '*', kind: 'setup', cluster, owner: asked.owner, namespaces: [namespace] }
  }
  const onCluster = types.includes('Cluster') && (asked.namespace === undefined || !types.includes('Workload'))
  return onCluster ? { type: 'Cluster', cluster } : { type: 'Workload', cluster, namespace, serviceAccount: '*' }
}
