/** Writes the status of a cluster or a workload: one UpdateItem, with only the parts that differ. */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { setting } from '../settings.ts'
import type { Condition } from './record.ts'
import { hashOf } from './request-hash.ts'
import { conditionally, table } from './table.ts'

/** Any part of a status. Conditions are written one by one, so that concurrent steps keep each other's conditions. */
export interface StatusPart {
  readonly conditions?: Readonly<Partial<Record<string, Condition>>>
  readonly [field: string]: unknown
}

interface Assignment {
  readonly path: readonly string[]
  readonly value: unknown
}

/**
 * Writes the fields and conditions of the part that differ from what was read. Writes nothing when none differs, or
 * when the item does not exist (any more).
 *
 * @param read the status as it was read
 * @param unchanged a field: nothing is written when it has changed since the read. For a caller that does not hold the
 *   cluster's lock
 */
export async function writeStatus(
  Key: { readonly pk: string; readonly sk: string },
  read: StatusPart,
  part: StatusPart,
  unchanged?: string,
): Promise<void> {
  const changed = assignmentsOf(part).filter(({ path, value }) => hashOf([valueAt(read, path)]) !== hashOf([value]))
  if (changed.length === 0) return
  const names = [...new Set([...changed.flatMap(({ path }) => path), ...(unchanged === undefined ? [] : [unchanged])])]
  const nameOf = (name: string) => `#n${names.indexOf(name)}`
  const set = changed.map(({ path }, index) => `#status.${path.map(nameOf).join('.')} = :v${index}`)
  const guard = unchanged === undefined ? noGuard : guardOf(`#status.${nameOf(unchanged)}`, read[unchanged])
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key,
    UpdateExpression: `SET ${set.join(', ')}`,
    ConditionExpression: `attribute_exists(#status)${guard.expression}`,
    ExpressionAttributeNames: {
      '#status': 'status',
      ...Object.fromEntries(names.map((name) => [nameOf(name), name])),
    },
    ExpressionAttributeValues: {
      ...Object.fromEntries(changed.map(({ value }, index) => [`:v${index}`, value])),
      ...guard.values,
    },
  })
  await conditionally('UpdateItem', table.send(command))
}

const noGuard = { expression: '', values: {} }

function guardOf(path: string, read: unknown) {
  if (read === undefined) return { expression: ` AND attribute_not_exists(${path})`, values: {} }
  return { expression: ` AND ${path} = :read`, values: { ':read': read } }
}

function assignmentsOf({ conditions = {}, ...fields }: StatusPart): Assignment[] {
  const all = [
    ...Object.entries(fields).map(([field, value]) => ({ path: [field], value })),
    ...Object.entries(conditions).map(([type, value]) => ({ path: ['conditions', type], value })),
  ]
  return all.filter(({ value }) => value !== undefined)
}

function valueAt(read: StatusPart, [field = '', type]: readonly string[]): unknown {
  return field === 'conditions' && type !== undefined ? read.conditions?.[type] : read[field]
}
