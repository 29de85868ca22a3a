import type { Call } from '../context.ts'
import type { JsonObject, KubeObject } from '../objects/objects.ts'
import { present } from '../objects/versions.ts'
import { type Column, columnsOf } from './table-columns.ts'

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

export function wantsMetadata(accept: string): boolean {
  return accept.split(',').some((one) => one.includes('as=PartialObjectMetadataList') && one.includes('v=v1;'))
}

/** As on a real server, the items of an empty list are null. */
export function metadataListOf(objects: readonly KubeObject[], metadata: JsonObject): JsonObject {
  const items = objects.map(partialMetadata)
  const kind = 'PartialObjectMetadataList'
  return { kind, apiVersion: 'meta.k8s.io/v1', metadata, items: items.length === 0 ? null : items }
}

function partialMetadata({ metadata }: KubeObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }
}

/** Returns the object that the client requests with a row. To sort or filter rows, clients request complete objects. */
function included(object: KubeObject, { query, target }: Call): JsonObject {
  const wanted = query.get('includeObject')
  if (wanted === 'None') return {}
  if (wanted === 'Object') return { object: present(object, target.type, target.version) }
  return { object: partialMetadata(object) }
}
