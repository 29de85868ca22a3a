import type { JsonObject } from './objects.ts'
import { Definitions } from './openapi-schemas.ts'
import { groupVersion, type ServedType } from './resources.ts'
import { noSuchResource } from './status.ts'

/** What the documents are made from. */
export interface Served {
  readonly types: readonly ServedType[]
  readonly gitVersion: string
  readonly minor: number
}

/**
 * The OpenAPI documents that kubectl reads: /openapi/v2, and from 1.24 on the index /openapi/v3 with one document for
 * each group and version below it.
 *
 * @throws ApiError 404 for a group or version that is not served
 */
export function openApiDocument(path: string, served: Served): JsonObject {
  if (path === '/openapi/v2') return swagger(served)
  if (served.minor < 24) throw noSuchResource()
  const roots = groupVersionRoots(served.types)
  if (path === '/openapi/v3') {
    const paths = roots.map(({ root }) => [root, { serverRelativeURL: `/openapi/v3/${root}` }])
    return { paths: Object.fromEntries(paths) }
  }
  const found = roots.find(({ root }) => path === `/openapi/v3/${root}`)
  if (!found) throw noSuchResource()
  const definitions = new Definitions(3)
  for (const type of found.members) definitions.addKind(type, found.version)
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: served.gitVersion },
    paths: Object.fromEntries(found.members.map((type) => pathOf(type, found, v3Parameters(served.minor)))),
    components: { schemas: definitions.toJSON() },
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

function swagger({ types, gitVersion, minor }: Served): JsonObject {
  const roots = groupVersionRoots(types)
  const definitions = new Definitions(2)
  for (const { members, version } of roots) for (const type of members) definitions.addKind(type, version)
  const paths = roots.flatMap((root) => root.members.map((type) => pathOf(type, root, v2Parameters(minor))))
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: gitVersion },
    paths: Object.fromEntries(paths),
    definitions: definitions.toJSON(),
  }
}

/** The path of one object. From the parameters of PATCH kubectl learns that it may ask for dry runs and validation. */
function pathOf(type: ServedType, { root, version }: Root, parameters: JsonObject[]): [string, JsonObject] {
  const { group, kind, plural, namespaced } = type
  const place = namespaced ? '/namespaces/{namespace}' : ''
  const operation = {
    operationId: `patch${kind}`,
    parameters,
    responses: {},
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': { group, version, kind },
  }
  return [`/${root}${place}/${plural}/{name}`, type.isReview ? {} : { patch: operation }]
}

/** fieldValidation came with 1.25. */
function parameterTypes(minor: number): [string, string][] {
  const always: [string, string][] = [
    ['dryRun', 'string'],
    ['fieldManager', 'string'],
    ['force', 'boolean'],
  ]
  return minor < 25 ? always : [...always, ['fieldValidation', 'string']]
}

function v2Parameters(minor: number): JsonObject[] {
  return parameterTypes(minor).map(([name, type]) => ({ name, in: 'query', type, uniqueItems: true }))
}

function v3Parameters(minor: number): JsonObject[] {
  return parameterTypes(minor).map(([name, type]) => ({ name, in: 'query', schema: { type, uniqueItems: true } }))
}
