import { type Answer, type Call, isDryRun } from '../context.ts'
import { asArray, asObject, asString, type KubeObject, objectsIn, timestamp } from '../objects/objects.ts'
import type { Store } from '../objects/store.ts'
import { present } from '../objects/versions.ts'
import { parseText } from './bodies.ts'
import { filterOf, find } from './reading.ts'
import { conflict } from './status.ts'

export function remove(call: Call): Answer {
  const object = find(call)
  const options = deleteOptions(call)
  refuseOther(object, options.preconditions, call)
  return isDryRun(call.query) ? success(object, call) : removeFound(object, call, options.orphan)
}

/** Deletes the objects that match the selectors of the query. */
export function removeCollection(call: Call): Answer {
  const { target, cluster } = call
  const found = cluster.store.list(target.type.kind, target.namespace).filter(filterOf(call.query))
  if (!isDryRun(call.query)) for (const object of found) removeFound(object, call, deleteOptions(call).orphan)
  return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } }
}

function removeFound(object: KubeObject, call: Call, orphan: boolean): Answer {
  const { store } = call.cluster
  if (asArray(object.metadata.finalizers).length > 0) {
    const marked = structuredClone(object)
    marked.metadata.deletionTimestamp ??= timestamp()
    if (marked.kind === 'Namespace') marked.status = { phase: 'Terminating' }
    return { code: 200, body: present(store.put(marked), call.target.type, call.target.version) }
  }
  store.remove(object)
  if (!orphan) removeDependents(object, store)
  return returnsDeleted(call)
    ? { code: 200, body: present(object, call.target.type, call.target.version) }
    : success(object, call)
}

/** The types whose registry returns the deleted object (`ReturnDeletedObject` in pkg/registry). */
function returnsDeleted({ target, cluster }: Call): boolean {
  const { kind } = target.type
  return ['Namespace', 'Pod', 'ServiceAccount'].includes(kind) || (kind === 'Service' && cluster.minor > 21)
}

/** Deletes at once what the garbage collector and the namespace controller of a real cluster delete later. */
function removeDependents(owner: KubeObject, store: Store): void {
  const isInside = (object: KubeObject) =>
    owner.kind === 'Namespace' && object.metadata.namespace === owner.metadata.name
  const isOwned = ({ metadata }: KubeObject) =>
    objectsIn(metadata.ownerReferences).some((reference) => reference.uid === owner.metadata.uid)
  for (const object of store.all()) {
    if (!isInside(object) && !isOwned(object)) continue
    store.remove(object)
    removeDependents(object, store)
  }
}

interface DeleteOptions {
  readonly preconditions: { readonly uid: string; readonly resourceVersion: string }
  readonly orphan: boolean
}

function deleteOptions(call: Call): DeleteOptions {
  const body = call.body === '' ? {} : asObject(parseText(call.body, false))
  const preconditions = asObject(body.preconditions)
  const policy = body.propagationPolicy ?? call.query.get('propagationPolicy')
  // With a body, dryRun in the query is ignored: k8s.io/apiserver, endpoints/handlers/delete.go.
  if (call.body !== '') call.query.delete('dryRun')
  if (asArray(body.dryRun).includes('All')) call.query.set('dryRun', 'All')
  return {
    preconditions: {
      uid: asString(preconditions.uid),
      resourceVersion: asString(preconditions.resourceVersion),
    },
    orphan: policy === 'Orphan',
  }
}

function refuseOther(object: KubeObject, wanted: DeleteOptions['preconditions'], { target }: Call): void {
  const { uid, resourceVersion, name } = object.metadata
  if (wanted.uid !== '' && wanted.uid !== uid) {
    throw conflict(
      target.type,
      name,
      `Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${uid}`,
    )
  }
  if (wanted.resourceVersion !== '' && wanted.resourceVersion !== resourceVersion) {
    const why = `Precondition failed: ResourceVersion in precondition: ${wanted.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`
    throw conflict(target.type, name, why)
  }
}

function success(object: KubeObject, { target }: Call): Answer {
  const { name, uid } = object.metadata
  const { group, plural } = target.type
  const details = { name, ...(group === '' ? {} : { group }), kind: plural, uid }
  return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } }
}
