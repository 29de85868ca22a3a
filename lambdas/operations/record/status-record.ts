/** Writes the status of a cluster or a workload: one UpdateItem with only the changed parts. */

import { all, attribute, where } from './expression.ts'
import { hashOf } from './hash.ts'
import type { Condition } from './record.ts'
import type { ItemKey } from './table.ts'
import { conditionally, update, type Write } from './writes.ts'

/** A part of a status. Each condition is written alone, so that concurrent steps keep each other's conditions. */
export interface StatusPart {
  readonly conditions?: Readonly<Partial<Record<string, Condition>>>
  readonly [field: string]: unknown
}

/**
 * Writes the fields and conditions that differ from `read`. Writes nothing when no field differs, or when the item does
 * not exist.
 *
 * @param read the status as it was read
 * @param unlessChanged the name of a field, from a caller without the cluster's lock. Nothing is written if the field
 *   has changed since the read
 */
export async function writeStatus(
  key: ItemKey,
  read: StatusPart,
  part: StatusPart,
  unlessChanged?: string,
): Promise<void> {
  const write = statusWrite(key, read, part, unlessChanged)
  if (write) await conditionally(write)
}

/** Returns the write of {@link writeStatus}, for a transaction, or undefined when nothing differs. */
export function statusWrite(
  key: ItemKey,
  read: StatusPart,
  part: StatusPart,
  unlessChanged?: string,
): Write | undefined {
  const before = fieldsOf(read)
  const changed = Object.entries(fieldsOf(part)).filter(
    ([field, value]) => value !== undefined && hashOf([before[field]]) !== hashOf([value]),
  )
  if (changed.length === 0) return undefined
  const set = Object.fromEntries(changed.map(([field, value]) => [`status.${field}`, value]))
  const guard = unlessChanged === undefined ? undefined : isAsRead(`status.${unlessChanged}`, read[unlessChanged])
  return update(key, { set }, all(where`attribute_exists(status)`, guard))
}

function isAsRead(path: string, value: unknown) {
  const field = attribute(path)
  return value === undefined ? where`attribute_not_exists(${field})` : where`${field} = ${value}`
}

function fieldsOf({ conditions = {}, ...fields }: StatusPart): Record<string, unknown> {
  const ofConditions = Object.entries(conditions).map(([type, value]) => [`conditions.${type}`, value])
  return { ...fields, ...Object.fromEntries(ofConditions) }
}
