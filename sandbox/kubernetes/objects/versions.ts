import { groupVersion, type ServedType } from '../kinds/resources.ts'
import type { JsonObject, KubeObject } from './objects.ts'

/** Returns the stored object in this version. In the sandbox, all versions of a kind have the same fields. */
export function present(object: KubeObject, type: ServedType, version: string): KubeObject {
  return { ...object, apiVersion: groupVersion(type.group, version), kind: type.kind }
}

export function presentList(
  objects: readonly KubeObject[],
  type: ServedType,
  version: string,
  metadata: { resourceVersion: string; continue?: string },
): JsonObject {
  const items = objects.map((object) => {
    const { apiVersion: _, kind: __, ...rest } = object
    return rest
  })
  return { kind: `${type.kind}List`, apiVersion: groupVersion(type.group, version), metadata, items }
}
