import { asObject, asString, type JsonObject, type KubeObject, objectsIn, stringsIn } from '../objects/objects.ts'
import type { Store } from '../objects/store.ts'
import type { User } from './authentication.ts'
import type { ResourceRequest } from './request-info.ts'
import { type ApiError, forbidden, qualified } from './status.ts'

export interface Attributes {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly namespace?: string | undefined
  readonly name?: string | undefined
}

/** Returns the attributes of a request. The resource includes the subresource. A Namespace is in its own namespace. */
export function attributesOf(request: ResourceRequest): Attributes {
  const { type, subresource, name } = request
  const namespace = type.kind === 'Namespace' ? name : request.namespace
  return {
    verb: request.verb,
    group: type.group,
    resource: subresource === undefined ? type.plural : `${type.plural}/${subresource}`,
    namespace,
    name,
  }
}

/** RBAC, by the roles and bindings in the store. The group system:masters has all rights. */
export function isAllowed(user: User, wanted: Attributes, store: Store): boolean {
  if (user.groups.includes('system:masters')) return true
  return rulesFor(user, wanted.namespace, store).some((rule) => grants(rule, wanted))
}

const publicPaths = ['/healthz', '/livez', '/readyz', '/version', '/version/']
const discoveryPaths = ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', ...publicPaths]

/**
 * Returns the user's rules for non-resource paths: the rules of the bound cluster roles, those of
 * system:public-info-viewer, and for authenticated users those of system:discovery.
 */
export function pathRulesFor(user: User, store: Store): JsonObject[] {
  const { groups } = user
  const paths = [...(groups.includes('system:authenticated') ? [discoveryPaths] : []), publicPaths]
  const all = groups.includes('system:masters') ? [{ verbs: ['*'], nonResourceURLs: ['*'] }] : []
  const bound = rulesFor(user, undefined, store).filter(({ nonResourceURLs }) => stringsIn(nonResourceURLs).length > 0)
  return [
    ...all,
    ...paths.map((nonResourceURLs) => ({ verbs: ['get'], nonResourceURLs })),
    ...bound.map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
  ]
}

/** A request for a non-resource path. The verb is the method in lower case. */
export interface PathAttributes {
  readonly verb: string
  readonly path: string
}

export function isPathAllowed(user: User, { verb, path }: PathAttributes, store: Store): boolean {
  return pathRulesFor(user, store).some(
    ({ verbs, nonResourceURLs }) =>
      hasOrAll(verbs, verb) && stringsIn(nonResourceURLs).some((pattern) => matchesPath(pattern, path)),
  )
}

/** A star is valid at the end only: https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path
}

/** The rules of all authenticated users: the bootstrap role system:basic-user. */
const basicRules: readonly JsonObject[] = [
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  },
]

/** Returns the user's rules from cluster role bindings and, with `namespace`, from role bindings in it. */
export function rulesFor(user: User, namespace: string | undefined, store: Store): JsonObject[] {
  const bound = [
    ...store.list('ClusterRoleBinding'),
    ...(namespace === undefined ? [] : store.list('RoleBinding', namespace)),
  ].filter((binding) => objectsIn(binding.subjects).some((subject) => isSubject(subject, user)))
  const basic = user.groups.includes('system:authenticated') ? basicRules : []
  return [...basic, ...bound.flatMap((binding) => objectsIn(roleOf(binding, store)?.rules))]
}

function roleOf(binding: KubeObject, store: Store): KubeObject | undefined {
  const { kind, name } = asObject(binding.roleRef)
  if (kind === 'ClusterRole') return store.get('ClusterRole', asString(name))
  return store.get('Role', asString(name), binding.metadata.namespace)
}

function isSubject(subject: JsonObject, user: User): boolean {
  if (subject.kind === 'User') return subject.name === user.name
  if (subject.kind === 'Group') return user.groups.includes(asString(subject.name))
  return user.name === `system:serviceaccount:${asString(subject.namespace)}:${asString(subject.name)}`
}

function grants(rule: JsonObject, wanted: Attributes): boolean {
  const names = stringsIn(rule.resourceNames)
  return (
    hasOrAll(rule.verbs, wanted.verb) &&
    hasOrAll(rule.apiGroups, wanted.group) &&
    hasOrAll(rule.resources, wanted.resource) &&
    (names.length === 0 || (wanted.name !== undefined && names.includes(wanted.name)))
  )
}

function hasOrAll(values: unknown, wanted: string): boolean {
  const list = stringsIn(values)
  return list.includes('*') || list.includes(wanted)
}

export function denied(user: User, request: ResourceRequest): ApiError {
  const { type, name, verb } = request
  const attributes = attributesOf(request)
  const { namespace } = attributes
  const subject = `${qualified({ ...type, plural: type.plural })}${name === undefined ? '' : ` "${name}"`}`
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const message = `${subject} is forbidden: User "${user.name}" cannot ${verb} resource "${attributes.resource}" in API group "${type.group}" ${where}`
  return forbidden(message, {
    ...(name === undefined ? {} : { name }),
    ...(type.group === '' ? {} : { group: type.group }),
    kind: type.plural,
  })
}
