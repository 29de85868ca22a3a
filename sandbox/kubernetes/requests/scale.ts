import type { Answer, Call } from '../context.ts'
import { asObject, at, type JsonObject, type KubeObject, stringMap } from '../objects/objects.ts'
import { mergePatch } from '../objects/patches.ts'
import { parseBody, parseText } from './bodies.ts'
import { find } from './reading.ts'
import { methodNotAllowed } from './status.ts'
import { replace } from './updating.ts'

/**
 * Reads or writes the subresource `scale` (autoscaling/v1) of a Deployment or ReplicaSet, for `kubectl scale`.
 *
 * @throws ApiError 404 if the object does not exist
 */
export function scale(call: Call): Answer {
  const object = find(call)
  switch (call.target.verb) {
    case 'get':
      return { code: 200, body: scaleOf(object) }
    case 'update':
      return resize(object, parseBody(call), call)
    case 'patch':
      return resize(object, asObject(mergePatch(scaleOf(object), parseText(call.body, false))), call)
    default:
      throw methodNotAllowed()
  }
}

function scaleOf(object: KubeObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const selector = Object.entries(stringMap(at(object, 'spec', 'selector', 'matchLabels')))
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: Number(at(object, 'spec', 'replicas') ?? 0) },
    status: {
      replicas: Number(at(object, 'status', 'replicas') ?? 0),
      selector: selector.map(([key, value]) => `${key}=${value}`).join(','),
    },
  }
}

function resize(object: KubeObject, wanted: JsonObject, call: Call): Answer {
  const replicas = at(wanted, 'spec', 'replicas') ?? 0
  const metadata = { ...object.metadata, resourceVersion: at(wanted, 'metadata', 'resourceVersion') }
  const body = { ...structuredClone(object), metadata, spec: { ...asObject(object.spec), replicas } }
  const { code, body: resized } = replace(object, body, call)
  return {
    code,
    body: scaleOf({ ...object, ...resized, metadata: { ...object.metadata, ...asObject(resized.metadata) } }),
  }
}
