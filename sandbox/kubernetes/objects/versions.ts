import { groupVersion, type ServedType } from '../kinds/resources.ts'
import type { JsonObject, KubeObject } from './objects.ts'

/** The stored object as it looks in this version. The versions of every kind here have the same fields. */
export function present(object: KubeObject, type: ServedType, version: string): KubeObject {
  return { ...object, apiVersion: groupVersion(type.group, version), kind: type.kind }
}

/** A list as the API answers it. */
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
