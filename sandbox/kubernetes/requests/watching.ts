import type { ServerResponse } from 'node:http'
import type { Call } from '../context.ts'
import { tableOf, wantsTable } from '../kinds/tables.ts'
import type { JsonObject, KubeObject } from '../objects/objects.ts'
import type { ObjectChange } from '../objects/store.ts'
import { present } from '../objects/versions.ts'
import { forbiddenField } from '../strategies/strategy.ts'
import { filterOf } from './reading.ts'
import { ApiError, invalid } from './status.ts'

/**
 * Streams a line of JSON for each change after resourceVersion. Without a resourceVersion, or with 0, the stream begins
 * with the stored objects. It ends with the connection, or after timeoutSeconds.
 *
 * @throws ApiError 422 for a watch with sendInitialEvents or resourceVersionMatch
 */
export function watch(call: Call, response: ServerResponse): void {
  const { target, query, cluster } = call
  refuseInitialEvents(query)
  const matches = filterOf(query)
  const isWanted = ({ kind, metadata }: KubeObject) =>
    kind === target.type.kind && (target.namespace === undefined || metadata.namespace === target.namespace)
  const line = (type: string, object: JsonObject) => response.write(`${JSON.stringify({ type, object })}\n`)
  const send = ({ type, object }: ObjectChange) => {
    if (!isWanted(object) || !matches(object)) return
    line(type, wantsTable(call.accept) ? tableOf([object], call, {}) : present(object, target.type, target.version))
  }

  const from = query.get('resourceVersion') ?? ''
  const missed = from === '' || from === '0' ? current(call) : cluster.store.since(Number(from))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  if (!missed) {
    line('ERROR', new ApiError(410, 'Expired', `too old resource version: ${from}`).toStatus())
    response.end()
    return
  }
  for (const change of missed) send(change)
  const stop = cluster.store.onChange(send)
  const timeout = Number(query.get('timeoutSeconds') ?? 0)
  const timer = timeout > 0 ? setTimeout(() => response.end(), timeout * 1000) : undefined
  response.on('close', () => {
    stop()
    clearTimeout(timer)
  })
}

function current({ cluster, target }: Call): ObjectChange[] {
  return cluster.store.list(target.type.kind, target.namespace).map((object) => ({ type: 'ADDED', object }))
}

/** Newer clients first try to list by a watch. Servers before 1.34 refuse it. The clients then send a list request. */
function refuseInitialEvents(query: URLSearchParams): void {
  if (query.get('sendInitialEvents') !== 'true' && !query.has('resourceVersionMatch')) return
  throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions', plural: 'listoptions' }, '', [
    forbiddenField('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch'),
  ])
}
