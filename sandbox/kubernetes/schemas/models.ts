import * as models from '@kubernetes/client-node/dist/gen/models/all.js'
import {
  any,
  bool,
  int,
  intOrString,
  list,
  listBy,
  map,
  type ObjectSchema,
  quantity,
  type Schema,
  str,
} from '../kinds/schema.ts'
import { details } from './details.ts'

const scalars: Readonly<Record<string, Schema>> = {
  string: str(),
  number: int(),
  boolean: bool(),
  IntOrString: intOrString(),
  Date: str(),
  V1MicroTime: str(),
}

/** The fields that are quantities. The models declare them as strings. */
const quantities: Readonly<Record<string, Schema>> = {
  limits: map(quantity),
  requests: map(quantity),
  capacity: map(quantity),
  allocatable: map(quantity),
  overhead: map(quantity),
  divisor: quantity,
  sizeLimit: quantity,
}

const known = new Map<string, ObjectSchema>()

/**
 * Returns the schema of a built-in kind, or of a part of a kind. The fields are from the models of the Kubernetes
 * client, which are generated from the OpenAPI document of the API. `details` adds what the models lack.
 *
 * @param name the name of the model, such as `V1Pod`
 */
export function modelSchema(name: string): ObjectSchema {
  const schema = known.get(name) ?? readModel(name)
  known.set(name, schema)
  return schema
}

function readModel(name: string): ObjectSchema {
  const { required = name.endsWith('Condition') ? ['type', 'status'] : [], atomic = false } = details[name] ?? {}
  const fields = attributesOf(name).map(({ baseName, type }) => [baseName, fieldSchema(name, baseName, type)])
  return { is: 'object', fields: Object.fromEntries(fields), required, atomic }
}

interface Model {
  getAttributeTypeMap(): readonly { readonly baseName: string; readonly type: string }[]
}

const byName: ReadonlyMap<string, unknown> = new Map(Object.entries(models))

function attributesOf(name: string) {
  const found = byName.get(name)
  if (!isModel(found)) throw new Error(`${name} is no model of the Kubernetes client`)
  return found.getAttributeTypeMap()
}

function isModel(value: unknown): value is Model {
  return typeof value === 'function' && 'getAttributeTypeMap' in value
}

function fieldSchema(model: string, field: string, type: string): Schema {
  const { fields = {}, keys = {}, mergeKeys = {} } = details[model] ?? {}
  const replaced = fields[field] ?? quantities[field]
  if (replaced) return replaced
  const item = /^Array<(.*)>$/.exec(type)?.[1]
  if (item === undefined) return schemaOf(type)
  const itemKeys = keys[field] ?? (field === 'conditions' ? ['type'] : undefined)
  return itemKeys ? listBy(itemKeys, modelSchema(item)) : list(schemaOf(item), mergeKeys[field])
}

function schemaOf(type: string): Schema {
  const item = /^Array<(.*)>$/.exec(type)?.[1]
  if (item !== undefined) return list(schemaOf(item))
  const value = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1]
  if (value !== undefined) return map(schemaOf(value))
  if (type === 'any') return any
  return scalars[type] ?? modelSchema(type)
}
