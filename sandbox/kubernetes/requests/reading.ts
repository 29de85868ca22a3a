import type { Answer, Call } from '../context.ts'
import { metadataListOf, tableOf, wantsMetadata, wantsTable } from '../kinds/tables.ts'
import type { JsonObject, KubeObject } from '../objects/objects.ts'
import { fieldFilter, labelFilter } from '../objects/selectors.ts'
import { present, presentList } from '../objects/versions.ts'
import { ApiError, notFound } from './status.ts'

export function find(call: Call): KubeObject {
  const { type, name = '', namespace } = call.target
  const object = call.cluster.store.get(type.kind, name, namespace)
  if (!object) throw notFound(type, name)
  return object
}

export function get(call: Call): Answer {
  const { type, version } = call.target
  const object = find(call)
  return {
    code: 200,
    body: wantsTable(call.accept) ? tableOf([object], call, {}) : present(object, type, version),
  }
}

export function filterOf(query: URLSearchParams): (object: KubeObject) => boolean {
  const byLabel = labelFilter(query.get('labelSelector') ?? '')
  const byField = fieldFilter(query.get('fieldSelector') ?? '')
  return (object) => byLabel(object) && byField(object)
}

export function list(call: Call): Answer {
  const { target, query, cluster } = call
  const matching = cluster.store.list(target.type.kind, target.namespace).filter(filterOf(query))
  const start = startOf(query.get('continue'))
  const limit = Number(query.get('limit') ?? 0)
  const page = limit > 0 ? matching.slice(start, start + limit) : matching.slice(start)
  const left = matching.length - start - page.length
  const more = left > 0 ? { continue: continueToken(start + page.length) } : {}
  const metadata = { resourceVersion: String(cluster.store.resourceVersion), ...more }
  return { code: 200, body: listBody(page, call, metadata) }
}

function listBody(page: readonly KubeObject[], call: Call, metadata: { resourceVersion: string }): JsonObject {
  if (wantsTable(call.accept)) return tableOf(page, call, metadata)
  if (wantsMetadata(call.accept)) return metadataListOf(page, metadata)
  return presentList(page, call.target.type, call.target.version, metadata)
}

function continueToken(start: number): string {
  return Buffer.from(JSON.stringify({ start })).toString('base64url')
}

function startOf(token: string | null): number {
  if (token === null || token === '') return 0
  const found = /^\{"start":(\d+)\}$/.exec(Buffer.from(token, 'base64url').toString())
  if (!found) throw new ApiError(400, 'BadRequest', 'continue key is not valid')
  return Number(found[1])
}
