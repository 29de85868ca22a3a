import type { JsonObject } from '../objects/objects.ts'
import { noSuchResource } from '../requests/status.ts'
import { groupVersion, type ServedType } from './resources.ts'
import { isAtomic, type ListSchema, type ObjectSchema, type ScalarSchema, type Schema } from './schema.ts'

export interface Served {
  readonly types: readonly ServedType[]
  readonly gitVersion: string
}

/**
 * The OpenAPI 3 documents that kubectl and Helm read: the index /openapi/v3, and below it one document for each group
 * and version. Real servers have them from 1.24 on. Before 1.24, clients read OpenAPI 2 in protobuf, which the emulator
 * does not have.
 *
 * @throws ApiError 404 for a group or version that is not served
 */
export function openApiDocument(path: string, { types, gitVersion }: Served): JsonObject {
  const roots = groupVersionRoots(types)
  if (path === '/openapi/v3') {
    const paths = roots.map(({ root }) => [root, { serverRelativeURL: `/openapi/v3/${root}` }])
    return { paths: Object.fromEntries(paths) }
  }
  const found = roots.find(({ root }) => path === `/openapi/v3/${root}`)
  if (!found) throw noSuchResource()
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: gitVersion },
    paths: Object.fromEntries(found.members.map((type) => pathOf(type, found))),
    components: { schemas: Object.fromEntries(found.members.map((type) => kindSchema(type, found.version))) },
  }
}

interface Root {
  /** `apis/apps/v1` */
  readonly root: string
  readonly version: string
  readonly members: readonly ServedType[]
}

function groupVersionRoots(types: readonly ServedType[]): Root[] {
  const pairs = types.flatMap((type) => type.versions.map(({ name }) => ({ type, version: name })))
  const groups = Map.groupBy(pairs, ({ type, version }) => groupVersion(type.group, version))
  return [...groups.entries()].flatMap(([name, members]) => {
    const [first] = members
    if (!first) return []
    const root = `${first.type.group === '' ? 'api' : 'apis'}/${name}`
    return [{ root, version: first.version, members: members.map(({ type }) => type) }]
  })
}

/**
 * Returns the path of one object. The parameters of PATCH tell kubectl that the server supports dry runs and validates
 * fields. Without the parameters, kubectl would read OpenAPI 2 to validate the fields itself.
 */
function pathOf(type: ServedType, { root, version }: Root): [string, JsonObject] {
  const { group, kind, plural, namespaced } = type
  const place = namespaced ? '/namespaces/{namespace}' : ''
  const operation = {
    operationId: `patch${kind}`,
    parameters: patchParameters.map((name) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } })),
    responses: {},
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': { group, version, kind },
  }
  return [`/${root}${place}/${plural}/{name}`, { patch: operation }]
}

const patchParameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force']

function kindSchema({ group, kind, schema }: ServedType, version: string): [string, JsonObject] {
  const name = [...group.split('.').reverse(), version, kind].filter(Boolean).join('.')
  return [name, { ...openApiSchema(schema), 'x-kubernetes-group-version-kind': [{ group, version, kind }] }]
}

/** Converts a schema to OpenAPI, without references. */
export function openApiSchema(schema: Schema): JsonObject {
  switch (schema.is) {
    case 'any':
      return { 'x-kubernetes-preserve-unknown-fields': true, type: 'object' }
    case 'scalar':
      return scalarSchema(schema)
    case 'list':
      return listSchema(schema)
    case 'map':
      return { type: 'object', additionalProperties: openApiSchema(schema.values), ...atomicMark(schema) }
    case 'object':
      return objectSchema(schema)
  }
}

const scalars: Readonly<Record<ScalarSchema['type'], JsonObject>> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  quantity: { type: 'string' },
  'int-or-string': { type: 'string', format: 'int-or-string' },
}

function scalarSchema({ type, values, default: fallback }: ScalarSchema): JsonObject {
  return { ...scalars[type], ...(values && { enum: values }), ...(fallback !== undefined && { default: fallback }) }
}

function objectSchema(schema: ObjectSchema): JsonObject {
  const properties = Object.entries(schema.fields).map(([name, field]) => [name, openApiSchema(field)])
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(schema.required.length > 0 && { required: schema.required }),
    ...atomicMark(schema),
  }
}

function atomicMark(schema: Schema): JsonObject {
  return isAtomic(schema) ? { 'x-kubernetes-map-type': 'atomic' } : {}
}

function listSchema({ items, keys, set, mergeKey }: ListSchema): JsonObject {
  return {
    type: 'array',
    items: openApiSchema(items),
    'x-kubernetes-list-type': set ? 'set' : keys.length > 0 ? 'map' : 'atomic',
    ...(keys.length > 0 && { 'x-kubernetes-list-map-keys': keys }),
    ...(mergeKey && { 'x-kubernetes-patch-merge-key': mergeKey, 'x-kubernetes-patch-strategy': 'merge' }),
  }
}
