import type { Answer, Call } from '../context.ts'
import { applyConfiguration } from '../objects/apply.ts'
import { asObject, type JsonObject, type KubeObject, type ManagedFieldsEntry } from '../objects/objects.ts'
import { jsonPatch, mergePatch, strategicMergePatch } from '../objects/patches.ts'
import { present } from '../objects/versions.ts'
import { attributesOf, denied, isAllowed } from './authorization.ts'
import { decodeApplied, decodeObject, parseText } from './bodies.ts'
import { checkName, makeObject, saveNew, writerOf } from './creating.ts'
import { find } from './reading.ts'
import { ApiError, badRequest, forbidden, invalid, unsupportedMediaType } from './status.ts'
import { replace } from './updating.ts'

const jsonPatchType = 'application/json-patch+json'
const mergePatchType = 'application/merge-patch+json'
const strategicType = 'application/strategic-merge-patch+json'
const applyType = 'application/apply-patch+yaml'

export async function patch(call: Call): Promise<Answer> {
  if (call.contentType === applyType) return apply(call)
  const accepted = [jsonPatchType, mergePatchType, ...(call.target.type.custom ? [] : [strategicType]), applyType]
  if (!accepted.includes(call.contentType)) throw unsupportedMediaType(accepted)
  const old = find(call)
  const change = parseText(call.body, false)
  const patched = decodeObject(patchedObject(old, change, call), call)
  checkName(patched, call)
  return replace(old, patched, call)
}

function patchedObject(old: KubeObject, change: unknown, { contentType, target }: Call): JsonObject {
  const current = present(old, target.type, target.version)
  if (contentType === jsonPatchType) return asObject(jsonPatch(current, change))
  if (Array.isArray(change)) throw badRequest('a merge patch must be an object')
  if (contentType === mergePatchType) return asObject(mergePatch(current, change))
  return asObject(strategicMergePatch(current, change, target.type.schema))
}

/** Server-side apply: creates the object if it does not exist. */
async function apply(call: Call): Promise<Answer> {
  const { target, cluster, query } = call
  const manager = query.get('fieldManager') ?? ''
  if (manager === '') throw missingManager()
  const configuration = decodeApplied(call)
  checkName(configuration, call)
  if (target.subresource === undefined && target.type.subresources.includes('status')) delete configuration.status

  const live = cluster.store.get(target.type.kind, target.name ?? '', target.namespace)
  if (!live && target.subresource !== undefined) find(call)
  const { object, managedFields } = applyConfiguration(live, configuration, target.type.schema, {
    writer: writerOf(call),
    force: query.get('force') === 'true',
    entries: live?.metadata.managedFields,
  })
  const decoded = decodeObject({ ...object, apiVersion: configuration.apiVersion }, call)
  if (live) return replace(live, { ...decoded, metadata: withVersion(decoded, configuration) }, call, managedFields)
  return createApplied(decoded, managedFields, call)
}

/**
 * A patch that creates an object also needs the verb `create`. This right is checked last (apiserver,
 * endpoints/handlers/patch.go). Up to 1.21, the message of the refusal has no reason.
 */
function refuseUnlessCreator({ user, target, cluster }: Call): void {
  const creation = { ...target, verb: 'create' } as const
  if (isAllowed(user, attributesOf(creation), cluster.store)) return
  const error = denied(user, creation)
  throw cluster.minor <= 21 ? forbidden(error.message.replace(/(?<=is forbidden: ).*/, ''), error.details) : error
}

/** Creates the object, or updates it if another client has created it in the meantime. */
async function createApplied(decoded: JsonObject, managedFields: ManagedFieldsEntry[], call: Call): Promise<Answer> {
  try {
    const made = await makeObject(decoded, call)
    refuseUnlessCreator(call)
    made.metadata.managedFields = managedFields
    return saveNew(made, call)
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'AlreadyExists') return apply(call)
    throw error
  }
}

/** Keeps a resourceVersion or uid only if the configuration sets it. They are preconditions of the write. */
function withVersion(object: JsonObject, configuration: JsonObject): JsonObject {
  const { resourceVersion: _, uid: __, ...metadata } = asObject(object.metadata)
  const { resourceVersion, uid } = asObject(configuration.metadata)
  return { ...metadata, ...(resourceVersion ? { resourceVersion } : {}), ...(uid ? { uid } : {}) }
}

function missingManager() {
  return invalid({ group: 'meta.k8s.io', kind: 'PatchOptions', plural: 'patchoptions' }, '', [
    {
      reason: 'FieldValueRequired',
      message: 'Required value: is required for apply patch',
      field: 'fieldManager',
    },
  ])
}
