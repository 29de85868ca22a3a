import { randomUUID } from 'node:crypto'
import { refuseEscalation } from '../admission/rbac.ts'
import { admitServiceAccount } from '../admission/service-account.ts'
import { callMutatingWebhooks } from '../admission/webhooks.ts'
import { type Answer, type Call, isDryRun } from '../context.ts'
import { groupVersion, namespaces } from '../kinds/resources.ts'
import { applyDefaults } from '../objects/defaults.ts'
import { ownAfterUpdate, type Writer } from '../objects/managed-fields.ts'
import { randomSuffix } from '../objects/names.ts'
import {
  asObject,
  asString,
  at,
  ensureObject,
  type JsonObject,
  type KubeObject,
  type Metadata,
  timestamp,
} from '../objects/objects.ts'
import { present } from '../objects/versions.ts'
import { strategyOf } from '../strategies/index.ts'
import { metadataCauses } from '../strategies/metadata.ts'
import { invalidValue, required, type WriteContext } from '../strategies/strategy.ts'
import { decodeObject, parseBody } from './bodies.ts'
import { alreadyExists, badRequest, type Cause, invalid, notFound, terminating } from './status.ts'

export async function create(call: Call): Promise<Answer> {
  const object = await makeObject(decodeObject(parseBody(call), call), call)
  object.metadata.managedFields = ownAfterUpdate(undefined, object, call.target.type.schema, {
    writer: writerOf(call),
    entries: undefined,
  })
  return saveNew(object, call)
}

/** Stores the new object unless the request is a dry run. Returns 201 with the object in both cases. */
export function saveNew(object: KubeObject, call: Call): Answer {
  const { type, version } = call.target
  const { store } = call.cluster
  // During admission, another client may have created the object.
  if (store.get(type.kind, object.metadata.name, object.metadata.namespace))
    throw alreadyExists(type, object.metadata.name)
  const saved = isDryRun(call.query) ? unsaved(object) : store.put(object)
  return { code: 201, body: present(saved, type, version) }
}

/** An object that is not stored has no resourceVersion. */
function unsaved(object: KubeObject): KubeObject {
  const { resourceVersion: _, ...metadata } = object.metadata
  return { ...object, metadata: metadata as Metadata }
}

/**
 * Returns a new object that is ready to be stored, after naming, defaults, admission and validation.
 *
 * @throws ApiError 404 if the namespace does not exist, 409 if the object exists, 422 if the object is invalid, 403 if
 * admission refuses the object
 */
export async function makeObject(body: JsonObject, call: Call): Promise<KubeObject> {
  const { type } = call.target
  const { store } = call.cluster
  const metadata = newMetadata(body, call)
  requireNamespace(metadata, call)
  if (store.get(type.kind, metadata.name, metadata.namespace)) throw alreadyExists(type, metadata.name)

  const context = writeContext(call)
  const strategy = strategyOf(type.kind)
  const object: KubeObject = { ...body, apiVersion: apiVersionOf(call), kind: type.kind, metadata }
  if (type.subresources.includes('status')) delete object.status
  if (strategy.initialStatus) object.status = structuredClone(strategy.initialStatus)
  strategy.onCreate?.(object, context)
  applyDefaults(object, type.schema, { kind: type.kind, apiVersion: object.apiVersion, minor: context.minor })
  refuseEscalation(object, undefined, call)
  const admitted = type.kind === 'Pod' ? await admitPod(object, call) : object
  refuseInvalid(admitted, call, [])
  return admitted
}

/** Applies admission to a new pod, in the order of a real server. */
async function admitPod(pod: KubeObject, call: Call): Promise<KubeObject> {
  admitServiceAccount(pod, call)
  const mutated = await callMutatingWebhooks(pod, call)
  applyDefaults(mutated, call.target.type.schema, { kind: 'Pod', apiVersion: 'v1', minor: call.cluster.minor })
  return mutated
}

/** The check of the admission plugin NamespaceLifecycle: k8s.io/apiserver, pkg/admission/plugin/namespace/lifecycle. */
function requireNamespace({ name, namespace }: Metadata, { target: { type }, cluster }: Call): void {
  if (namespace === undefined) return
  const found = cluster.store.get('Namespace', namespace)
  if (!found) throw notFound(namespaces, namespace)
  if (found.metadata.deletionTimestamp !== undefined) throw terminating(type, name, namespace)
}

/** @throws ApiError 422 with all causes. The `given` causes come last. */
export function refuseInvalid(object: KubeObject, call: Call, given: readonly Cause[]): void {
  const { type } = call.target
  const own = strategyOf(type.kind).validate?.(object, writeContext(call)) ?? []
  const causes = [...nameCauses(object, call), ...metadataCauses(object.metadata), ...own, ...given]
  if (causes.length > 0) throw invalid(type, object.metadata.name, causes)
}

function nameCauses({ metadata }: KubeObject, { target }: Call): Cause[] {
  if (metadata.name === '') return [required('metadata.name', 'name or generateName is required')]
  const { holds, message } = target.type.nameRule
  return holds(metadata.name) ? [] : [invalidValue('metadata.name', metadata.name, message)]
}

function newMetadata(body: JsonObject, call: Call): Metadata {
  const given = { ...ensureObject(body, 'metadata') }
  for (const name of ['managedFields', 'resourceVersion', 'selfLink', 'deletionTimestamp']) delete given[name]
  const prefix = asString(given.generateName)
  const name = asString(given.name) || (prefix === '' ? '' : `${prefix}${randomSuffix()}`)
  return {
    ...given,
    name,
    ...namespaceOf(given, call),
    uid: randomUUID(),
    resourceVersion: '',
    creationTimestamp: timestamp(),
    ...(call.target.type.generations ? { generation: 1 } : {}),
  }
}

function namespaceOf(given: JsonObject, { target }: Call): { namespace?: string } {
  if (target.namespace === undefined) {
    delete given.namespace
    return {}
  }
  if (given.namespace !== undefined && given.namespace !== target.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  return { namespace: target.namespace }
}

function apiVersionOf({ target }: Call): string {
  return groupVersion(target.type.group, target.version)
}

export function writeContext({ cluster, target, user }: Call): WriteContext {
  return {
    user,
    minor: cluster.minor,
    version: target.version,
    store: cluster.store,
    subresource: target.subresource,
  }
}

/** Returns the field manager that the request names. The default is the first part of the User-Agent. */
export function writerOf(call: Call): Writer {
  const { subresource } = call.target
  const manager = call.query.get('fieldManager') ?? call.agent
  return { manager, apiVersion: apiVersionOf(call), ...(subresource === undefined ? {} : { subresource }) }
}

/** Requires that the name in the body equals the name in the path. */
export function checkName(body: JsonObject, { target }: Call): void {
  const name = at(body, 'metadata', 'name')
  if (name !== undefined && name !== target.name) {
    throw badRequest(`the name of the object (${asString(name)}) does not match the name on the URL (${target.name})`)
  }
  Object.assign(ensureObject(body, 'metadata'), { name: target.name })
  if (target.namespace !== undefined) asObject(body.metadata).namespace ??= target.namespace
}
