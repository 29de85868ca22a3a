import { randomUUID } from 'node:crypto'
import { type Call, isDryRun } from '../context.ts'
import { misfitsOf, prune } from '../objects/decode.ts'
import { asObject, asString, at, type JsonObject, type KubeObject, objectsIn, stringsIn } from '../objects/objects.ts'
import { jsonPatch } from '../objects/patches.ts'
import { matchesSelector } from '../objects/selectors.ts'
import { ApiError, badRequest, internalErrorWithCause } from '../requests/status.ts'
import { postReview } from './transport.ts'

/**
 * Calls the mutating webhooks whose rules and selectors match the new object, in the order of the names of their
 * configurations, and applies the JSON patches in the responses.
 *
 * @throws ApiError 500 if a webhook with failurePolicy Fail cannot be called
 * @throws ApiError 400 for a dry run if a webhook has side effects
 * @throws ApiError with the code and message of a webhook that denies the request
 */
export async function callMutatingWebhooks(object: KubeObject, call: Call): Promise<KubeObject> {
  let current = object
  for (const configuration of call.cluster.store.list('MutatingWebhookConfiguration')) {
    for (const webhook of objectsIn(configuration.webhooks)) {
      if (!isWanted(webhook, current, call)) continue
      refuseSideEffects(webhook, call)
      current = await admit(webhook, current, call)
    }
  }
  return current
}

function isWanted(webhook: JsonObject, object: KubeObject, { cluster, target }: Call): boolean {
  const rules = objectsIn(webhook.rules)
  const fits = rules.some(
    (rule) =>
      has(rule.operations, 'CREATE') &&
      has(rule.apiGroups, target.type.group) &&
      has(rule.apiVersions, target.version) &&
      has(rule.resources, target.type.plural) &&
      rule.scope !== 'Cluster',
  )
  const namespace = cluster.store.get('Namespace', object.metadata.namespace ?? '')
  return (
    fits &&
    matchesSelector(webhook.namespaceSelector, namespace?.metadata.labels ?? {}) &&
    matchesSelector(webhook.objectSelector, object.metadata.labels ?? {})
  )
}

function has(list: unknown, wanted: string): boolean {
  const values = stringsIn(list)
  return values.includes('*') || values.includes(wanted) || values.includes('*/*')
}

function refuseSideEffects(webhook: JsonObject, { query }: Call): void {
  if (!isDryRun(query) || webhook.sideEffects === 'None' || webhook.sideEffects === 'NoneOnDryRun') return
  throw badRequest(`admission webhook "${asString(webhook.name)}" does not support dry run`)
}

async function admit(webhook: JsonObject, object: KubeObject, call: Call): Promise<KubeObject> {
  try {
    const uid = randomUUID()
    requireAuthority(webhook, call)
    const answer = await postReview(webhook, review(webhook, object, { call, uid }), call.cluster.endpoints)
    return applyAnswer(webhook, object, { answer, uid, call })
  } catch (error) {
    if (error instanceof ApiError) throw error
    if (webhook.failurePolicy === 'Ignore') return object
    const why = error instanceof Error ? error.message : String(error)
    const stage = call.cluster.minor >= 23 && !(error instanceof NoAuthority) ? 'failed to call webhook: ' : ''
    throw internalErrorWithCause(`failed calling webhook "${asString(webhook.name)}": ${stage}${why}`)
  }
}

class NoAuthority extends Error {}

/**
 * From 1.22 on, API servers parse the CA bundle before they call a webhook. Older servers trust no certificate if the
 * bundle is invalid. No version validates the bundle on a write.
 */
function requireAuthority(webhook: JsonObject, { cluster }: Call): void {
  const bundle = Buffer.from(asString(at(webhook, 'clientConfig', 'caBundle')), 'base64').toString()
  if (cluster.minor <= 21 || bundle === '' || bundle.includes('-----BEGIN CERTIFICATE-----')) return
  throw new NoAuthority(
    'could not get REST client: unable to load root certificates: unable to parse bytes as PEM block',
  )
}

/** Returns the first version in the webhook's list that this server supports. */
function reviewVersion(webhook: JsonObject): string {
  const version = stringsIn(webhook.admissionReviewVersions).find((one) => one === 'v1' || one === 'v1beta1')
  if (version === undefined) throw new Error('webhook does not accept known AdmissionReview versions (v1, v1beta1)')
  return version
}

function review(webhook: JsonObject, object: KubeObject, { call, uid }: { call: Call; uid: string }): JsonObject {
  const { target, user } = call
  const { group, plural: resource, kind } = target.type
  const { managedFields: _, resourceVersion: __, ...metadata } = object.metadata
  const gvk = { group, version: target.version, kind }
  const gvr = { group, version: target.version, resource }
  return {
    kind: 'AdmissionReview',
    apiVersion: `admission.k8s.io/${reviewVersion(webhook)}`,
    request: {
      uid,
      kind: gvk,
      resource: gvr,
      requestKind: gvk,
      requestResource: gvr,
      name: metadata.name,
      namespace: metadata.namespace,
      operation: 'CREATE',
      userInfo: { username: user.name, uid: user.uid, groups: user.groups },
      object: { ...object, metadata },
      oldObject: null,
      dryRun: isDryRun(call.query),
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  }
}

interface Answered {
  readonly answer: JsonObject
  readonly uid: string
  readonly call: Call
}

function applyAnswer(webhook: JsonObject, object: KubeObject, { answer, uid, call }: Answered): KubeObject {
  const response = asObject(answer.response)
  const version = reviewVersion(webhook)
  refuseOtherVersion(answer, version)
  if (version === 'v1' && response.uid !== uid) {
    throw new Error(
      `received invalid webhook response: expected response.uid="${uid}", got "${asString(response.uid)}"`,
    )
  }
  if (response.allowed !== true) throw refused(webhook, response)
  if (typeof response.patch !== 'string') return object
  const patch: unknown = JSON.parse(Buffer.from(response.patch, 'base64').toString())
  return mutatedObject(object, asObject(jsonPatch(object, patch)), call)
}

/** A response without a version counts as v1beta1. The pod identity webhook sends such responses. */
function refuseOtherVersion(answer: JsonObject, version: string): void {
  const [, answered] = asString(answer.apiVersion).split('/')
  if (answered === version || (answered === undefined && version === 'v1beta1')) return
  throw new Error(
    answered === undefined
      ? 'received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got /, Kind='
      : `converting (${answered}.AdmissionReview) to (${version}.AdmissionReview): unknown conversion`,
  )
}

/** Returns the patched object. A patch must conform to the schema, and cannot change the identity of the object. */
function mutatedObject(object: KubeObject, patched: JsonObject, { target }: Call): KubeObject {
  const wrong = misfitsOf(patched, target.type.schema).find(({ kind }) => kind === 'type')
  if (wrong) throw internalErrorWithCause(`v1.Pod.${wrong.path}: ${wrong.expected} expected`)
  const pruned = asObject(prune(patched, target.type.schema))
  return {
    ...pruned,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { ...asObject(pruned.metadata), ...identity(object) },
  }
}

function identity({ metadata }: KubeObject) {
  const { name, namespace, uid, creationTimestamp, resourceVersion } = metadata
  return { name, uid, creationTimestamp, resourceVersion, ...(namespace === undefined ? {} : { namespace }) }
}

function refused(webhook: JsonObject, response: JsonObject): ApiError {
  const message = asString(at(response, 'status', 'message')) || asString(at(response, 'result', 'message'))
  const code = Number(at(response, 'status', 'code') ?? 400)
  const why = message === '' ? 'denied the request without explanation' : `denied the request: ${message}`
  return new ApiError(
    code,
    asString(at(response, 'status', 'reason')),
    `admission webhook "${asString(webhook.name)}" ${why}`,
  )
}
