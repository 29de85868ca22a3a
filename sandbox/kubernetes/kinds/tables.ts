import type { Call } from '../context.ts'
import type { JsonObject, KubeObject } from '../objects/objects.ts'
import { present } from '../objects/versions.ts'
import { type Column, columnsOf } from './table-columns.ts'

/** True if the client asks for rows to print rather than objects. */
export function wantsTable(accept: string): boolean {
  return accept.split(',').some((one) => one.includes('as=Table') && one.includes('v=v1;'))
}

/** The objects as a meta.k8s.io/v1 Table, with the columns that a real server prints. */
export function tableOf(objects: readonly KubeObject[], call: Call, metadata: JsonObject): JsonObject {
  const columns = columnsOf(call.target.type.kind, call.cluster.minor)
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(definitionOf),
    rows: objects.map((object) => ({ cells: columns.map(({ cell }) => cell(object)), ...included(object, call) })),
  }
}

function definitionOf({ name, type }: Column): JsonObject {
  return { name, type, format: name === 'Name' ? 'name' : '', description: '', priority: 0 }
}

/** Clients that sort or filter rows ask for the whole object beside them. */
function included(object: KubeObject, { query, target }: Call): JsonObject {
  const wanted = query.get('includeObject')
  if (wanted === 'None') return {}
  if (wanted === 'Object') return { object: present(object, target.type, target.version) }
  const { metadata } = object
  return { object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } }
}
