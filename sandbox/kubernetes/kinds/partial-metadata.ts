import type { JsonObject, KubeObject } from '../objects/objects.ts'

/** True if the client asks for nothing of the objects but their metadata. */
export function wantsMetadata(accept: string): boolean {
  return accept.split(',').some((one) => one.includes('as=PartialObjectMetadataList') && one.includes('v=v1;'))
}

/** As a real server sends it: an empty list is null. */
export function metadataListOf(objects: readonly KubeObject[], metadata: JsonObject): JsonObject {
  const apiVersion = 'meta.k8s.io/v1'
  const items = objects.map((object) => ({ kind: 'PartialObjectMetadata', apiVersion, metadata: object.metadata }))
  return { kind: 'PartialObjectMetadataList', apiVersion, metadata, items: items.length === 0 ? null : items }
}
