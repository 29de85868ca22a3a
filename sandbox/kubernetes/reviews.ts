import { type Attributes, isAllowed, isPathAllowed, pathRulesFor, rulesFor } from './authorization.ts'
import { decodeObject, parseBody } from './bodies.ts'
import type { Answer, Call } from './context.ts'
import { asArray, asString, at, isObject, type JsonObject, timestamp } from './objects.ts'
import { badRequest } from './status.ts'

/**
 * Questions that are answered and not stored: `kubectl auth can-i`, `kubectl auth can-i --list`, `kubectl auth whoami`.
 *
 * @throws ApiError 400 for a question that asks about nothing
 */
export function review(call: Call): Answer {
  const { spec, kind, apiVersion } = decodeObject(parseBody(call), call)
  const status = statusOf(call, spec)
  const metadata = { creationTimestamp: kind === 'SelfSubjectReview' ? timestamp() : null }
  return { code: 201, body: { kind, apiVersion, metadata, ...(isObject(spec) ? { spec } : {}), status } }
}

function statusOf(call: Call, spec: unknown): JsonObject {
  switch (call.target.type.kind) {
    case 'SelfSubjectAccessReview':
      return { allowed: mayDo(call, spec) }
    case 'SelfSubjectRulesReview':
      return rulesStatus(call, asString(at(spec, 'namespace')))
    default:
      return { userInfo: userInfo(call) }
  }
}

function mayDo({ user, cluster }: Call, spec: unknown): boolean {
  const wanted = at(spec, 'resourceAttributes')
  if (isObject(wanted)) return isAllowed(user, attributesOf(wanted), cluster.store)
  const path = at(spec, 'nonResourceAttributes')
  if (!isObject(path)) throw badRequest('exactly one of nonResourceAttributes or resourceAttributes must be specified')
  return isPathAllowed(user, { verb: asString(path.verb), path: asString(path.path) }, cluster.store)
}

function attributesOf(wanted: JsonObject): Attributes {
  const { namespace, name, subresource } = wanted
  const resource = asString(wanted.resource)
  return {
    verb: asString(wanted.verb),
    group: asString(wanted.group),
    resource: asString(subresource) === '' ? resource : `${resource}/${asString(subresource)}`,
    ...(asString(namespace) === '' ? {} : { namespace: asString(namespace) }),
    ...(asString(name) === '' ? {} : { name: asString(name) }),
  }
}

const everything: JsonObject = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }

function rulesStatus({ user, cluster }: Call, namespace: string): JsonObject {
  const isAdmin = user.groups.includes('system:masters')
  const kinds = new Set(cluster.types.map(({ plural }) => plural))
  // The rules of everybody name a review that older versions do not have.
  const isServed = ({ resources }: JsonObject) =>
    !asArray(resources).includes('selfsubjectreviews') || kinds.has('selfsubjectreviews')
  const rules = rulesFor(user, namespace === '' ? undefined : namespace, cluster.store).filter(isServed)
  return {
    resourceRules: [
      ...(isAdmin ? [everything] : []),
      ...rules.filter(({ resources }) => asArray(resources).length > 0),
    ],
    nonResourceRules: pathRulesFor(user, cluster.store),
    incomplete: false,
  }
}

function userInfo({ user }: Call): JsonObject {
  const { name, uid, groups } = user
  return { username: name, ...(uid === '' ? {} : { uid }), groups }
}
