import { isDeepStrictEqual } from 'node:util'
import type { Schema } from '../kinds/schema.ts'
import { applyConflict } from '../requests/status.ts'
import { ancestorsOf, displayPath, type FieldSet } from './field-paths.ts'
import { isOf, newEntry, type Owned, ownable, readOwned, type Writer, writeOwned } from './managed-fields.ts'
import { mergeApplied, removePath } from './merge.ts'
import { at, type JsonObject, type ManagedFieldsEntry } from './objects.ts'

export interface Applied {
  readonly object: JsonObject
  readonly managedFields: ManagedFieldsEntry[]
}

/**
 * Server-side apply: merges the applied configuration into the live object, removes the fields that this manager no
 * longer applies, and returns the new owners.
 *
 * @param live undefined when the object does not exist yet
 * @throws ApiError 409 that names the managers and fields of the conflicts, unless `force` is true
 */
export function applyConfiguration(
  live: JsonObject | undefined,
  applied: JsonObject,
  schema: Schema,
  options: { writer: Writer; force: boolean; entries: readonly ManagedFieldsEntry[] | undefined },
): Applied {
  const owned = readOwned(options.entries)
  const own = owned.find((entry) => isOf(entry, options.writer, 'Apply'))
  const wanted: FieldSet = new Set(ownable(applied, schema).keys())
  const merged = mergeApplied(live ?? {}, applied, schema)
  if (typeof merged !== 'object' || merged === null) throw new Error('an applied object is not an object')
  const object: JsonObject = structuredClone({ ...merged })

  const changed = changedFields(live ?? {}, object, { schema, wanted })
  const others = owned.filter((entry) => entry !== own)
  const disputed = withoutUpgraded(changed, live, { schema, manager: options.writer.manager })
  const conflicts = others.flatMap((entry) => conflictsWith(entry, disputed))
  if (conflicts.length > 0 && !options.force) throw conflictError(conflicts)

  const left = others.map((entry) => ({
    ...entry,
    fields: new Set([...entry.fields].filter((path) => !changed.has(path))),
  }))
  const kept = new Set([...wanted, ...left.flatMap((entry) => [...entry.fields])])
  for (const path of noLongerApplied(own?.fields ?? new Set(), kept)) removePath(object, path, schema)

  const mine = ownEntry(own, wanted, options.writer)
  return { object, managedFields: writeOwned([...left, mine]) }
}

/**
 * Removes the fields that still have the value of the last client-side apply. `kubectl` takes these fields over without
 * a conflict, so that a user can migrate to `kubectl apply --server-side` (lastappliedmanager.go of apimachinery).
 */
function withoutUpgraded(
  changed: ReadonlySet<string>,
  live: JsonObject | undefined,
  { schema, manager }: { schema: Schema; manager: string },
): ReadonlySet<string> {
  const text = at(live, 'metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration')
  if (manager !== 'kubectl' || typeof text !== 'string') return changed
  const last = ownable(parsed(text), schema)
  const is = ownable(live, schema)
  return new Set([...changed].filter((path) => !last.has(path) || !isDeepStrictEqual(last.get(path), is.get(path))))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** An entry with the same fields keeps its time, so that a repeated apply changes nothing. */
function ownEntry(own: Owned | undefined, wanted: FieldSet, writer: Writer): Owned {
  const same = own && own.entry.apiVersion === writer.apiVersion && isDeepStrictEqual(own.fields, new Set(wanted))
  return same ? own : { entry: newEntry(writer, 'Apply'), fields: wanted }
}

function changedFields(
  live: JsonObject,
  merged: JsonObject,
  context: { schema: Schema; wanted: FieldSet },
): ReadonlySet<string> {
  const was = ownable(live, context.schema)
  const is = ownable(merged, context.schema)
  const differs = (path: string) => was.has(path) && !isDeepStrictEqual(was.get(path), is.get(path))
  return new Set([...context.wanted].filter(differs))
}

/**
 * Returns the outermost applied paths that no longer have an owner. An object in which only this manager set fields is
 * removed completely, including the defaults of the server.
 */
function noLongerApplied(before: FieldSet, kept: FieldSet): string[] {
  const withParents = (fields: FieldSet) => new Set([...fields].flatMap((path) => [path, ...ancestorsOf(path)]))
  const stays = withParents(kept)
  const gone = [...withParents(before)].filter((path) => !stays.has(path) && path !== 'f:metadata')
  const all = new Set(gone)
  return gone.filter((path) => !ancestorsOf(path).some((ancestor) => all.has(ancestor)))
}

interface Conflict {
  readonly manager: string
  readonly path: string
}

function conflictsWith(owned: Owned, changed: ReadonlySet<string>): Conflict[] {
  const { entry } = owned
  const through = entry.subresource === undefined ? '' : ` with subresource "${entry.subresource}"`
  const manager =
    entry.operation === 'Apply'
      ? `"${entry.manager}"${through}`
      : `"${entry.manager}"${through} using ${entry.apiVersion}`
  return [...owned.fields].filter((path) => changed.has(path)).map((path) => ({ manager, path: displayPath(path) }))
}

/** The message of apimachinery's managedfields package. */
function conflictError(conflicts: readonly Conflict[]) {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field: path,
  }))
  const [first] = conflicts
  if (conflicts.length === 1 && first) {
    return applyConflict(`Apply failed with 1 conflict: conflict with ${first.manager}: ${first.path}`, causes)
  }
  const groups = Map.groupBy(conflicts, ({ manager }) => manager)
  const texts = [...groups.entries()]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([manager, group]) => `conflicts with ${manager}:\n${group.map(({ path }) => `- ${path}`).join('\n')}`)
  return applyConflict(`Apply failed with ${conflicts.length} conflicts: ${texts.join('\n')}`, causes)
}
