import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, stringMap } from '../objects.ts'

/** A field of an API type, as its Go struct declares it. */
export interface Field {
  /** Empty for a struct whose fields are those of the one around it (`inline` in Go). */
  readonly name: string
  /** A scalar of objects.ts, or a message: `core.v1.Container`. */
  readonly type: string
  readonly form: 'one' | 'list' | 'map'
  /** Not written to JSON when it is zero: `omitempty`, and no pointer. */
  readonly omitsZero: boolean
}

export type Fields = ReadonlyMap<number, Field>

/** The fields of the API type, by their numbers in protobuf; undefined for a type that messages.json does not have. */
export function fieldsOf(message: string): Fields | undefined {
  return messages.get(message)
}

/** The name that the types of a group and version share: `rbac.v1` for rbac.authorization.k8s.io. */
export function messageName(group: string, version: string, type: string): string {
  return `${group.split('.')[0] || 'core'}.${version}.${type}`
}

const messages = readMessages()

function readMessages(): ReadonlyMap<string, Fields> {
  const stored: unknown = JSON.parse(readFileSync(join(import.meta.dirname, 'messages.json'), 'utf8'))
  const entries = Object.entries(isObject(stored) ? stored : {})
  return new Map(entries.map(([message, fields]) => [message, readFields(stringMap(fields))]))
}

function readFields(texts: Readonly<Record<string, string>>): Fields {
  return new Map(Object.entries(texts).map(([number, text]) => [Number(number), readField(text)]))
}

/** `name type`, where the type is `?string`, `[]core.v1.Container`, `map quantity` and the like. */
function readField(text: string): Field {
  const [, name = '', mark, type = ''] = /^(\S*) (\?|\[\]|map )?(.+)$/.exec(text) ?? []
  const form = mark === '[]' ? 'list' : mark === 'map ' ? 'map' : 'one'
  return { name, type, form, omitsZero: mark === '?' }
}
