import type { ServerResponse } from 'node:http'
import type { Call } from '../context.ts'
import { groupVersion } from '../kinds/resources.ts'
import { tableOf, wantsTable } from '../kinds/tables.ts'
import type { JsonObject, KubeObject } from '../objects/objects.ts'
import type { Happening } from '../objects/store.ts'
import { present } from '../objects/versions.ts'
import { forbiddenField } from '../strategies/strategy.ts'
import { filterOf } from './reading.ts'
import { ApiError, invalid } from './status.ts'

/**
 * Streams one JSON object a line for each change, from resourceVersion on, or from the objects that are there when it
 * is left out or 0. Ends with the connection or after timeoutSeconds.
 *
 * @throws ApiError 422 if a server of this version does not know how to begin with what is there
 */
export function watch(call: Call, response: ServerResponse): void {
  const { target, query, cluster } = call
  const isListing = wantsInitialEvents(call)
  const matches = filterOf(query)
  const isWanted = ({ kind, metadata }: KubeObject) =>
    kind === target.type.kind && (target.namespace === undefined || metadata.namespace === target.namespace)
  const line = (type: string, object: JsonObject) => response.write(`${JSON.stringify({ type, object })}\n`)
  const send = ({ type, object }: Happening) => {
    if (!isWanted(object) || !matches(object)) return
    line(type, wantsTable(call.accept) ? tableOf([object], call, {}) : present(object, target.type, target.version))
  }

  const from = query.get('resourceVersion') ?? ''
  const missed = isListing || from === '' || from === '0' ? current(call) : cluster.store.since(Number(from))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  if (!missed) {
    line('ERROR', new ApiError(410, 'Expired', `too old resource version: ${from}`).toStatus())
    response.end()
    return
  }
  for (const happening of missed) send(happening)
  if (isListing) line('BOOKMARK', endOfInitialEvents(call))
  const stop = cluster.store.onHappening(send)
  const timeout = Number(query.get('timeoutSeconds') ?? 0)
  const timer = timeout > 0 ? setTimeout(() => response.end(), timeout * 1000) : undefined
  response.on('close', () => {
    stop()
    clearTimeout(timer)
  })
}

function current({ cluster, target }: Call): Happening[] {
  return cluster.store.list(target.type.kind, target.namespace).map((object) => ({ type: 'ADDED', object }))
}

/**
 * Newer clients list by a watch: they ask for what is there, and for a bookmark at its end. Servers before 1.34 say in
 * this way that they cannot, and are then listed.
 */
function wantsInitialEvents({ query, cluster }: Call): boolean {
  const match = query.get('resourceVersionMatch')
  const wants = query.get('sendInitialEvents') === 'true'
  if (!wants && match === null) return false
  if (wants && cluster.minor >= 34 && match === 'NotOlderThan') return true
  const why =
    cluster.minor >= 34
      ? 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'
      : 'resourceVersionMatch is forbidden for watch'
  throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions', plural: 'listoptions' }, '', [
    forbiddenField('resourceVersionMatch', why),
  ])
}

function endOfInitialEvents({ cluster, target }: Call): JsonObject {
  const metadata = {
    resourceVersion: String(cluster.store.resourceVersion),
    annotations: { 'k8s.io/initial-events-end': 'true' },
  }
  return { kind: target.type.kind, apiVersion: groupVersion(target.type.group, target.version), metadata }
}
