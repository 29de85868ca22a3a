import { isDeepStrictEqual } from 'node:util'
import type { Call } from '../context.ts'
import { asObject, asString, at, type JsonObject, type KubeObject, objectsIn, stringsIn } from '../objects/objects.ts'
import type { User } from '../requests/authentication.ts'
import { isAllowed } from '../requests/authorization.ts'
import { type ApiError, forbidden, notFound, qualified } from '../requests/status.ts'

const group = 'rbac.authorization.k8s.io'

/**
 * An approval needs the verb `approve` on the signer, in addition to the right to write the subresource
 * (plugin/pkg/admission/certificates/approval).
 *
 * @throws ApiError 403
 */
export function refuseUnlessApprover(object: KubeObject, { user, cluster, target }: Call): void {
  const signer = asString(at(object, 'spec', 'signerName'))
  const wildcard = `${signer.split('/')[0]}/*`
  const may = (name: string) =>
    isAllowed(user, { verb: 'approve', group: target.type.group, resource: 'signers', name }, cluster.store)
  if (may(signer) || may(wildcard)) return
  const { name } = object.metadata
  const message = `certificatesigningrequests.certificates.k8s.io "${name}" is forbidden: user not permitted to approve requests with signerName "${signer}"`
  throw forbidden(message, { name, group: target.type.group, kind: target.type.plural })
}

/**
 * Users can only grant rights that they have. To write a role, a user needs every right in its rules, or the verb
 * `escalate` on the role. To write a binding, a user needs every right of its role, or the verb `bind` on the role
 * (pkg/registry/rbac/{role,rolebinding}/policybased).
 *
 * @param old undefined for a new object
 * @throws ApiError 403, or 404 for a binding to a role that does not exist
 */
export function refuseEscalation(object: KubeObject, old: KubeObject | undefined, call: Call): void {
  const { type } = call.target
  if (type.group !== group || call.user.groups.includes('system:masters')) return
  if (old && isDeepStrictEqual(essence(object), essence(old))) return
  const given = type.kind.endsWith('Binding') ? rulesBound(object, call) : rulesGiven(object, call)
  const lacking = given.filter((rule) => !isHeld(rule, object.metadata.namespace, call))
  if (lacking.length > 0) throw refusal(object, lacking, call)
}

function essence({ metadata, ...rest }: KubeObject): unknown {
  const { labels, annotations } = metadata
  return { ...rest, labels, annotations }
}

function rulesGiven(role: KubeObject, { user, cluster, target }: Call): JsonObject[] {
  const { name, namespace } = role.metadata
  const wanted = { verb: 'escalate', group, resource: target.type.plural, name, ...(namespace && { namespace }) }
  return isAllowed(user, wanted, cluster.store) ? [] : objectsIn(role.rules)
}

function rulesBound(binding: KubeObject, { user, cluster, target }: Call): JsonObject[] {
  const { namespace } = binding.metadata
  const reference = asObject(binding.roleRef)
  const [kind, name] = [asString(reference.kind), asString(reference.name)]
  const plural = `${kind.toLowerCase()}s`
  const wanted = { verb: 'bind', group, resource: plural, name, ...(namespace && { namespace }) }
  if (isAllowed(user, wanted, cluster.store)) return []
  const role = cluster.store.get(kind, name, kind === 'Role' ? namespace : undefined)
  if (!role) throw notFound(cluster.minor <= 21 ? { group, plural, kind } : target.type, name)
  return objectsIn(role.rules)
}

function isHeld(rule: JsonObject, namespace: string | undefined, { user, cluster }: Call): boolean {
  const names = stringsIn(rule.resourceNames)
  const objects = names.length === 0 ? [{}] : names.map((name) => ({ name }))
  const wanted = stringsIn(rule.verbs).flatMap((verb) =>
    stringsIn(rule.apiGroups).flatMap((of) =>
      stringsIn(rule.resources).map((resource) => ({ verb, group: of, resource })),
    ),
  )
  return wanted.every((right) =>
    objects.every((object) => isAllowed(user, { ...right, ...object, ...(namespace && { namespace }) }, cluster.store)),
  )
}

function refusal(object: KubeObject, lacking: readonly JsonObject[], { user, target }: Call): ApiError {
  const { name } = object.metadata
  const rules = lacking.map(
    (rule) => `{APIGroups:${goList(rule.apiGroups)}, Resources:${goList(rule.resources)}, Verbs:${goList(rule.verbs)}}`,
  )
  const message = `${qualified(target.type)} "${name}" is forbidden: ${whoIs(user)} is attempting to grant RBAC permissions not currently held:\n${rules.join('\n')}`
  return forbidden(message, { name, group, kind: target.type.plural })
}

function whoIs({ name, groups }: User): string {
  return `user "${name}" (groups=${goList(groups)})`
}

function goList(values: unknown): string {
  return `[${stringsIn(values)
    .map((value) => JSON.stringify(value))
    .join(' ')}]`
}
