import { asString, at, type JsonObject } from '../../objects.ts'

/** What a fieldPath of the downward API says of the pod: `metadata.name`, `metadata.labels['app']`, `status.podIP`. */
export function fieldOf(pod: JsonObject, path: string): string {
  const [, map = '', key = ''] = /^(metadata\.(?:labels|annotations))\['([^']+)'\]$/.exec(path) ?? []
  return asString(map === '' ? at(pod, ...path.split('.')) : at(pod, ...map.split('.'), key))
}
