import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { groupVersion, type ServedType } from '../kinds/resources.ts'
import { ownAfterUpdate } from '../objects/managed-fields.ts'
import { randomSuffix } from '../objects/names.ts'
import { type JsonObject, type KubeObject, type Metadata, timestamp } from '../objects/objects.ts'
import type { Store } from '../objects/store.ts'

interface Writing {
  readonly store: Store
  readonly types: readonly ServedType[]
}

/** Writes the status if it differs, as the given field manager. */
export function putStatus(cluster: Writing, object: KubeObject, status: JsonObject, manager: string): void {
  const current = cluster.store.get(object.kind, object.metadata.name, object.metadata.namespace)
  if (!current || isDeepStrictEqual(current.status ?? {}, status)) return
  putAs(cluster, { ...structuredClone(current), status: structuredClone(status) }, manager)
}

/** Writes an object that a controller has changed, and records the field manager in managedFields. */
export function putAs({ store, types }: Writing, next: KubeObject, manager: string): void {
  const before = store.get(next.kind, next.metadata.name, next.metadata.namespace)
  const type = types.find(({ kind }) => kind === next.kind)
  if (type) {
    const apiVersion = groupVersion(type.group, type.versions[0]?.name ?? 'v1')
    next.metadata.managedFields = ownAfterUpdate(before, next, type.schema, {
      writer: { manager, apiVersion, ...(type.subresources.includes('status') ? { subresource: 'status' } : {}) },
      entries: before?.metadata.managedFields,
    })
  }
  store.put(next)
}

/** Returns the metadata of a new object that the cluster itself creates. */
export function madeMetadata(name: string, namespace?: string, owner?: KubeObject): Metadata {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: randomUUID(),
    resourceVersion: '',
    creationTimestamp: timestamp(),
    ...(owner ? { ownerReferences: [ownerReference(owner)] } : {}),
  }
}

export function ownerReference({ apiVersion, kind, metadata }: KubeObject): JsonObject {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true }
}

export interface Occurrence {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  readonly component: string
}

/** Creates an event about the object, or increments the count of an equal event. */
export function reportEvent(store: Store, about: KubeObject, { type, reason, message, component }: Occurrence): void {
  const namespace = about.metadata.namespace ?? 'default'
  const now = timestamp()
  const known = store
    .list('Event', namespace)
    .find((event) => event.reason === reason && event.message === message && isAbout(event, about))
  if (known) {
    const count = Number(known.count ?? 1) + 1
    store.put({ ...structuredClone(known), count, lastTimestamp: now })
    return
  }
  store.put(eventAbout(about, { type, reason, message, component }))
}

/** Returns a new event about the object. */
export function eventAbout(about: KubeObject, { type, reason, message, component }: Occurrence): KubeObject {
  const { name, uid, resourceVersion } = about.metadata
  const namespace = about.metadata.namespace ?? 'default'
  const now = timestamp()
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: madeMetadata(`${name}.${randomSuffix(10)}`, namespace),
    involvedObject: { apiVersion: about.apiVersion, kind: about.kind, name, namespace, uid, resourceVersion },
    reason,
    message,
    source: { component },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    type,
    eventTime: null,
    reportingComponent: component,
    reportingInstance: '',
  }
}

function isAbout(event: KubeObject, about: KubeObject): boolean {
  const involved = event.involvedObject
  return typeof involved === 'object' && involved !== null && 'uid' in involved && involved.uid === about.metadata.uid
}
