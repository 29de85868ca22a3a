import type { Answer, Call } from '../context.ts'
import { asArray, asObject, asString, at, isObject, type JsonObject } from '../objects/objects.ts'
import { type Attributes, isAllowed, isPathAllowed, pathRulesFor, rulesFor } from './authorization.ts'
import { decodeObject, parseBody } from './bodies.ts'

/** Answers a review without storing it: whether the user may do an action, or the user's rights in a namespace. */
export function review(call: Call): Answer {
  const { spec, kind, apiVersion } = decodeObject(parseBody(call), call)
  const status =
    kind === 'SelfSubjectAccessReview'
      ? { allowed: mayDo(call, spec) }
      : rulesStatus(call, asString(at(spec, 'namespace')))
  return { code: 201, body: { kind, apiVersion, metadata: { creationTimestamp: null }, spec, status } }
}

function mayDo({ user, cluster }: Call, spec: unknown): boolean {
  const wanted = at(spec, 'resourceAttributes')
  if (isObject(wanted)) return isAllowed(user, attributesOf(wanted), cluster.store)
  const { verb, path } = asObject(at(spec, 'nonResourceAttributes'))
  return isPathAllowed(user, { verb: asString(verb), path: asString(path) }, cluster.store)
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
  const rules = rulesFor(user, namespace === '' ? undefined : namespace, cluster.store)
  return {
    resourceRules: [
      ...(isAdmin ? [everything] : []),
      ...rules.filter(({ resources }) => asArray(resources).length > 0),
    ],
    nonResourceRules: pathRulesFor(user, cluster.store),
    incomplete: false,
  }
}
