/**
 * Finds the owner of a field in metadata.managedFields, which the API server maintains:
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers
 * The API reference describes FieldsV1, the form of `fieldsV1`: `f:` is a key, `k:` an item by its keys, `.` the field
 * itself, and `{}` everything below.
 */
import * as z from 'zod/mini'
import { filteredManager, filteredTime } from '../clouds/kubernetes/shown.ts'
import { manager as ourManager } from '../ownership/labels.ts'
import type { ListItem, PathStep } from './differences.ts'

/** A field manager, and the time of its last write to the object (ISO 8601 in UTC). */
export interface FieldOwner {
  readonly manager: string
  readonly changedAt?: string
}

type Fields = Readonly<Record<string, unknown>>

const fields = z.record(z.string(), z.unknown())

const managed = z.object({
  metadata: z.object({
    managedFields: z.array(
      // For known types, the client parses times to Date.
      z.object({
        manager: z.string(),
        operation: z.string(),
        time: z.optional(z.union([z.string(), z.date()])),
        fieldsV1: fields,
      }),
    ),
  }),
})

/** Returns an owner of the field or of a part of it. Another manager takes precedence over ours. */
export function ownerOf(live: unknown, path: readonly PathStep[]): FieldOwner | undefined {
  const owners = entriesOf(live).filter(({ fieldsV1 }) => owns(fieldsV1, path))
  const owner = owners.find(({ manager }) => manager !== ourManager) ?? owners[0]
  if (!owner) return undefined
  const { manager, time } = owner
  const changedAt = time instanceof Date ? time.toISOString() : filteredTime(time)
  return { manager: filteredManager(manager), ...(changedAt !== undefined && { changedAt }) }
}

/** Whether our server-side apply owns the field or a part of it. */
export function isApplied(object: unknown, path: readonly PathStep[]): boolean {
  return applies(object).some(({ fieldsV1 }) => owns(fieldsV1, path))
}

/** Returns the fields that our server-side apply owns, or undefined if it owns none or used several API versions. */
export function appliedFields(object: unknown): Fields | undefined {
  const [only, ...others] = applies(object)
  return others.length === 0 ? only?.fieldsV1 : undefined
}

function applies(object: unknown) {
  return entriesOf(object).filter(({ manager, operation }) => manager === ourManager && operation === 'Apply')
}

function entriesOf(object: unknown) {
  return managed.safeParse(object).data?.metadata.managedFields ?? []
}

function owns(owned: Fields, path: readonly PathStep[]): boolean {
  let node = owned
  for (const [depth, step] of path.entries()) {
    if (depth > 0 && Object.keys(node).length === 0) return true
    const below = fields.safeParse(valueAt(node, step)).data
    if (!below) return false
    node = below
  }
  return true
}

function valueAt(node: Fields, step: PathStep): unknown {
  if (typeof step === 'string') return node[`f:${step}`]
  return Object.entries(node).find(([key]) => isKeyOf(key, step))?.[1]
}

/** True when a key such as `k:{"port":443,"protocol":"TCP"}` identifies the item. */
function isKeyOf(key: string, { item }: ListItem): boolean {
  if (!key.startsWith('k:')) return false
  const keys = Object.entries(fields.safeParse(parsed(key.slice(2))).data ?? {})
  const values = new Map<string, unknown>(Object.entries(item))
  return keys.length > 0 && keys.every(([name, value]) => values.get(name) === value)
}

/** The key comes from the server and may be invalid JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
