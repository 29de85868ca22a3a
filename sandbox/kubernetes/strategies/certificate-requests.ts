import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import {
  asArray,
  asObject,
  asString,
  at,
  ensureObject,
  type JsonObject,
  objectsIn,
  stringsIn,
  timestamp,
} from '../objects/objects.ts'
import type { Cause } from '../requests/status.ts'
import { invalidValue, required, type Strategy, type WriteContext } from './strategy.ts'

const legacyUnknown = 'kubernetes.io/legacy-unknown'

/**
 * Rules of pkg/registry/certificates: the server sets the user of the request, the spec is immutable, and each part of
 * the status has its own subresource.
 */
export const certificateRequestStrategy: Strategy = {
  initialStatus: {},
  onCreate: (object, { user, version }) => {
    const spec = ensureObject(object, 'spec')
    spec.username = user.name
    spec.groups = [...user.groups]
    if (user.uid === '') delete spec.uid
    else spec.uid = user.uid
    if (version === 'v1beta1') fillV1beta1Defaults(spec)
  },
  onUpdate: (object, old, context) => {
    object.spec = structuredClone(old.spec)
    object.status = nextStatus(object, asObject(old.status), context)
  },
  validate: (object, context) => specCauses(asObject(object.spec), context),
}

function fillV1beta1Defaults(spec: JsonObject): void {
  spec.usages ??= ['digital signature', 'key encipherment']
  spec.signerName ??= defaultSigner(spec)
}

/** Returns the default signer of a v1beta1 request. Requests of kubelets are recognized by their subject. */
function defaultSigner(spec: JsonObject): string {
  const request = parseRequest(asString(spec.request))
  const organisations = request?.subjectName.getField('O') ?? []
  const usages = new Set(stringsIn(spec.usages))
  const isNode =
    organisations.includes('system:nodes') && (request?.subjectName.getField('CN')[0] ?? '').startsWith('system:node:')
  if (!isNode) return legacyUnknown
  if (usages.has('client auth')) return 'kubernetes.io/kube-apiserver-client-kubelet'
  return usages.has('server auth') ? 'kubernetes.io/kubelet-serving' : legacyUnknown
}

/** A write to the object keeps the status. /approval changes the decisions. /status changes the rest of the status. */
function nextStatus(object: JsonObject, old: JsonObject, { subresource }: WriteContext): JsonObject {
  if (subresource === undefined) return old
  const requested = objectsIn(at(object, 'status', 'conditions'))
  const isDecision = (condition: JsonObject) => condition.type === 'Approved' || condition.type === 'Denied'
  const before = objectsIn(old.conditions)
  const conditions =
    subresource === 'approval'
      ? [...before.filter((one) => !isDecision(one)), ...requested.filter(isDecision)]
      : [...before.filter(isDecision), ...requested.filter((one) => !isDecision(one))]
  const certificate = subresource === 'status' ? at(object, 'status', 'certificate') : old.certificate
  return {
    ...(conditions.length === 0 ? {} : { conditions: conditions.map((one) => completed(one, before)) }),
    ...(certificate === undefined ? {} : { certificate }),
  }
}

function completed(condition: JsonObject, before: readonly JsonObject[]): JsonObject {
  const known = before.find((one) => one.type === condition.type)
  const now = timestamp()
  return {
    status: 'True',
    lastUpdateTime: now,
    lastTransitionTime: known?.lastTransitionTime ?? now,
    ...condition,
  }
}

function specCauses(spec: JsonObject, { version, subresource }: WriteContext): Cause[] {
  if (subresource !== undefined) return []
  const signer = asString(spec.signerName)
  const causes = [...requestCauses(asString(spec.request)), ...signerCauses(signer, version)]
  if (asArray(spec.usages).length === 0) causes.push(required('spec.usages'))
  return causes
}

function requestCauses(request: string): Cause[] {
  if (parseRequest(request)) return []
  return [invalidValue('spec.request', '<snip>', 'PEM block type must be CERTIFICATE REQUEST')]
}

function signerCauses(signer: string, version: string): Cause[] {
  if (signer === '') return [required('spec.signerName')]
  if (version === 'v1' && signer === legacyUnknown) {
    return [invalidValue('spec.signerName', signer, 'the legacy signerName is not allowed via this API version')]
  }
  if (/^[a-z0-9.-]+\.[a-z0-9.-]+\/[\w.:-]+$/.test(signer)) return []
  return [
    invalidValue(
      'spec.signerName',
      signer,
      'must be a fully qualified domain and path of the form "example.com/signer-name"',
    ),
  ]
}

/** Returns the PKCS#10 request in `spec.request` (base64 of PEM), or undefined if it is not a valid request. */
export function parseRequest(base64: string): x509.Pkcs10CertificateRequest | undefined {
  try {
    const text = Buffer.from(base64, 'base64').toString('latin1')
    if (!text.includes('-----BEGIN CERTIFICATE REQUEST-----')) return undefined
    return new x509.Pkcs10CertificateRequest(text)
  } catch {
    return undefined
  }
}
