import { isDeepStrictEqual } from 'node:util'
import type { Schema } from '../kinds/schema.ts'
import { type FieldSet, fieldsOf, fromFieldsV1, toFieldsV1 } from './field-paths.ts'
import { type JsonObject, type ManagedFieldsEntry, timestamp } from './objects.ts'

export interface Writer {
  readonly manager: string
  readonly apiVersion: string
  readonly subresource?: string
}

export interface Owned {
  readonly entry: Omit<ManagedFieldsEntry, 'fieldsV1'>
  readonly fields: FieldSet
}

/** Fields without an owner, because the server sets them. */
const unowned = [
  'f:apiVersion',
  'f:kind',
  'f:metadata',
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'generation',
    'managedFields',
    'resourceVersion',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ].map((name) => `f:metadata\u0000f:${name}`),
]

/** The fields of an object that managers can own, with their values. */
export function ownable(object: unknown, schema: Schema, withMaps = false): Map<string, unknown> {
  const fields = fieldsOf(object, schema, withMaps)
  for (const path of unowned) fields.delete(path)
  return fields
}

export function readOwned(entries: readonly ManagedFieldsEntry[] | undefined): Owned[] {
  return (entries ?? []).map(({ fieldsV1, ...entry }) => ({ entry, fields: fromFieldsV1(fieldsV1) }))
}

/** Omits entries without fields. Entries of Apply come first, as on a real server. */
export function writeOwned(owned: readonly Owned[]): ManagedFieldsEntry[] {
  return owned
    .filter(({ fields }) => fields.size > 0)
    .sort((a, b) => sortKey(a).localeCompare(sortKey(b)))
    .map(({ entry, fields }) => ({ ...entry, fieldsV1: toFieldsV1(fields) }))
}

function sortKey({ entry }: Owned): string {
  return [entry.operation, entry.time, entry.manager, entry.apiVersion, entry.subresource ?? ''].join(' ')
}

/** Whether the entry belongs to this writer and this operation. */
export function isOf(owned: Owned, writer: Writer, operation: 'Apply' | 'Update'): boolean {
  const { entry } = owned
  const sameVersion = operation === 'Apply' || entry.apiVersion === writer.apiVersion
  return (
    sameVersion &&
    entry.operation === operation &&
    entry.manager === writer.manager &&
    (entry.subresource ?? '') === (writer.subresource ?? '')
  )
}

export function newEntry(writer: Writer, operation: 'Apply' | 'Update'): Omit<ManagedFieldsEntry, 'fieldsV1'> {
  return {
    manager: writer.manager,
    operation,
    apiVersion: writer.apiVersion,
    time: timestamp(),
    fieldsType: 'FieldsV1',
    ...(writer.subresource === undefined ? {} : { subresource: writer.subresource }),
  }
}

/**
 * Returns managedFields after a create, update or patch. The writer is the only owner of the fields that it changed.
 *
 * @param before undefined when the object is new
 */
export function ownAfterUpdate(
  before: JsonObject | undefined,
  after: JsonObject,
  schema: Schema,
  context: { writer: Writer; entries: readonly ManagedFieldsEntry[] | undefined },
): ManagedFieldsEntry[] {
  const was = ownable(before ?? {}, schema, true)
  const is = ownable(after, schema, true)
  const changed = [...is.keys()].filter((path) => !was.has(path) || !isDeepStrictEqual(was.get(path), is.get(path)))
  const touched = new Set([...changed, ...[...was.keys()].filter((path) => !is.has(path))])
  const owned = readOwned(context.entries)
  if (touched.size === 0) return writeOwned(owned)

  const own = owned.find((entry) => isOf(entry, context.writer, 'Update'))
  const kept = [...(own?.fields ?? [])].filter((path) => is.has(path))
  const others = owned
    .filter((entry) => entry !== own)
    .map((entry) => ({ ...entry, fields: new Set([...entry.fields].filter((path) => !touched.has(path))) }))
  const mine = { entry: newEntry(context.writer, 'Update'), fields: new Set([...kept, ...changed]) }
  return writeOwned([...others, mine])
}
