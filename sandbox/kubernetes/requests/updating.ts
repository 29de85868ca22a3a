import { isDeepStrictEqual } from 'node:util'
import { refuseEscalation, refuseUnlessApprover } from '../admission/rbac.ts'
import { type Answer, type Call, isDryRun } from '../context.ts'
import { applyDefaults } from '../objects/defaults.ts'
import { ownAfterUpdate } from '../objects/managed-fields.ts'
import {
  asObject,
  at,
  isObject,
  type JsonObject,
  type KubeObject,
  type ManagedFieldsEntry,
  objectsIn,
} from '../objects/objects.ts'
import { present } from '../objects/versions.ts'
import { strategyOf } from '../strategies/index.ts'
import { decodeObject, parseBody } from './bodies.ts'
import { checkName, refuseInvalid, writeContext, writerOf } from './creating.ts'
import { find } from './reading.ts'
import { conflict } from './status.ts'

export function update(call: Call): Answer {
  const body = decodeObject(parseBody(call), call)
  checkName(body, call)
  return replace(find(call), body, call)
}

/**
 * Replaces an object. If nothing changes, the stored object keeps its resourceVersion.
 *
 * @param managedFields the owners after a server-side apply. Default: the manager of the request owns the change.
 * @throws ApiError 409 if uid or resourceVersion of the request differ from the old object, 422 for an invalid object
 */
export function replace(
  old: KubeObject,
  body: JsonObject,
  call: Call,
  managedFields?: readonly ManagedFieldsEntry[],
): Answer {
  const { type, version, subresource } = call.target
  refuseStale(old, body, call)
  const next = nextState(old, structuredClone(body), call)
  const strategy = strategyOf(type.kind)
  strategy.onUpdate?.(next, old, writeContext(call))
  applyDefaults(next, type.schema, { kind: type.kind, apiVersion: next.apiVersion, minor: call.cluster.minor })
  if (subresource === 'approval') refuseUnlessApprover(next, call)
  refuseEscalation(next, old, call)
  refuseInvalid(next, call, strategy.validateUpdate?.(next, old) ?? [])
  if (type.generations && changesSpec(old, next)) next.metadata.generation = (old.metadata.generation ?? 1) + 1

  const entries = givenEntries(body) ?? old.metadata.managedFields
  next.metadata.managedFields = managedFields
    ? [...managedFields]
    : ownAfterUpdate(old, next, type.schema, { writer: writerOf(call), entries })
  if (isSame(old, next)) return { code: 200, body: present(old, type, version) }
  return { code: 200, body: present(isDryRun(call.query) ? next : save(next, call), type, version) }
}

/** An update may set managedFields, as kubectl does when it migrates to server-side apply. */
function givenEntries(body: JsonObject): ManagedFieldsEntry[] | undefined {
  const entries = objectsIn(at(body, 'metadata', 'managedFields')).filter(isEntry)
  return entries.length === 0 ? undefined : entries
}

function isEntry(entry: JsonObject): entry is JsonObject & ManagedFieldsEntry {
  const isKnown = entry.operation === 'Apply' || entry.operation === 'Update'
  return (
    isKnown && typeof entry.manager === 'string' && typeof entry.apiVersion === 'string' && isObject(entry.fieldsV1)
  )
}

/** Stores the object, or removes it if it is being deleted and has no finalizers left. */
function save(next: KubeObject, { cluster }: Call): KubeObject {
  const finalizers = next.metadata.finalizers
  const isLeft = Array.isArray(finalizers) && finalizers.length > 0
  if (next.metadata.deletionTimestamp === undefined || isLeft) return cluster.store.put(next)
  return cluster.store.remove(next) ?? next
}

function refuseStale(old: KubeObject, body: JsonObject, { target }: Call): void {
  const { resourceVersion, uid } = asObject(body.metadata)
  const { name } = old.metadata
  if (uid !== undefined && uid !== '' && uid !== old.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${String(uid)}, UID in object meta: ${old.metadata.uid}`
    throw conflict(target.type, name, why)
  }
  if (resourceVersion === undefined || resourceVersion === '') return
  if (resourceVersion === old.metadata.resourceVersion) return
  const why = 'the object has been modified; please apply your changes to the latest version and try again'
  throw conflict(target.type, name, why)
}

/**
 * Applies only the changes that the path allows. The subresources `status` and `approval` change only the status. Other
 * paths change everything except a status that has its own subresource.
 */
function nextState(old: KubeObject, body: JsonObject, { target }: Call): KubeObject {
  const { type, subresource } = target
  if (subresource !== undefined && subresource !== 'scale') return { ...structuredClone(old), status: body.status }
  const { uid, resourceVersion, creationTimestamp, generation, deletionTimestamp, name, namespace } = old.metadata
  const kept = { uid, resourceVersion, creationTimestamp, name }
  return {
    ...body,
    ...(type.subresources.includes('status') && old.status !== undefined
      ? { status: structuredClone(old.status) }
      : {}),
    apiVersion: old.apiVersion,
    kind: old.kind,
    metadata: {
      ...asObject(body.metadata),
      ...kept,
      ...(namespace === undefined ? {} : { namespace }),
      ...(generation === undefined ? {} : { generation }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
  }
}

function changesSpec(old: KubeObject, next: KubeObject): boolean {
  const spec = ({ metadata: _, status: __, ...rest }: KubeObject) => rest
  return !isDeepStrictEqual(spec(old), spec(next))
}

function isSame(old: KubeObject, next: KubeObject): boolean {
  return isDeepStrictEqual(comparable(old), comparable(next))
}

/** Removes the fields that do not count as a change: resourceVersion, empty metadata, and times in managedFields. */
function comparable(object: KubeObject): unknown {
  const { resourceVersion: _, managedFields = [], ...metadata } = object.metadata
  const owners = managedFields.map(({ time: _time, ...entry }) => entry)
  return { ...object, metadata: withoutEmpty(metadata), owners, status: at(object, 'status') }
}

function withoutEmpty(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
