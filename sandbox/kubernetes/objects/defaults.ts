import type { Schema } from '../kinds/schema.ts'
import { fillDefaults } from './decode.ts'
import { asString, at, ensureObject, isObject, type JsonObject, objectsIn } from './objects.ts'

/**
 * Sets the defaults that a real server sets when an object is written: conditional defaults, then those of the schema.
 * Source: pkg/apis/*\/defaults.go of k8s.io/kubernetes.
 */
export function applyDefaults(object: JsonObject, schema: Schema, context: Context): void {
  conditional[context.kind]?.(object, context)
  fillDefaults(object, schema)
}

interface Context {
  readonly kind: string
  readonly apiVersion: string
  readonly minor: number
}

type Defaulter = (object: JsonObject, context: Context) => void

const conditional: Readonly<Record<string, Defaulter>> = {
  Namespace: (object, { minor }) => {
    ensureObject(object, 'spec').finalizers ??= ['kubernetes']
    if (minor < 21) return
    ensureObject(object, 'metadata', 'labels')['kubernetes.io/metadata.name'] = at(object, 'metadata', 'name')
  },
  Pod: (object) => defaultPodSpec(ensureObject(object, 'spec'), { enableServiceLinks: true }),
  Deployment: (object) => {
    const spec = ensureObject(object, 'spec')
    const strategy = ensureObject(spec, 'strategy')
    if ((strategy.type ?? 'RollingUpdate') === 'RollingUpdate') {
      const rolling = ensureObject(strategy, 'rollingUpdate')
      rolling.maxSurge ??= '25%'
      rolling.maxUnavailable ??= '25%'
    }
    defaultPodSpec(ensureObject(spec, 'template', 'spec'))
  },
  ReplicaSet: (object) => defaultPodSpec(ensureObject(object, 'spec', 'template', 'spec')),
  Service: (object, { minor }) => defaultService(ensureObject(object, 'spec'), minor),
  Secret: (object) => {
    for (const [key, text] of Object.entries(ensureObject(object, 'stringData'))) {
      ensureObject(object, 'data')[key] = Buffer.from(asString(text)).toString('base64')
    }
    delete object.stringData
  },
  RoleBinding: defaultSubjects,
  ClusterRoleBinding: defaultSubjects,
  MutatingWebhookConfiguration: (object, { apiVersion }) => {
    for (const webhook of objectsIn(object.webhooks)) defaultWebhook(webhook, apiVersion.endsWith('/v1'))
  },
}

function defaultPodSpec(spec: JsonObject, extra: JsonObject = {}): void {
  Object.assign(spec, { ...extra, ...spec })
  spec.securityContext ??= {}
  const account = asString(spec.serviceAccountName) || asString(spec.serviceAccount)
  if (account !== '') Object.assign(spec, { serviceAccountName: account, serviceAccount: account })
  for (const container of [...objectsIn(spec.containers), ...objectsIn(spec.initContainers)])
    defaultContainer(container)
  for (const volume of objectsIn(spec.volumes)) {
    const sources = Object.keys(volume).filter((name) => name !== 'name')
    if (sources.length === 0) volume.emptyDir = {}
  }
}

function defaultContainer(container: JsonObject): void {
  container.imagePullPolicy ??= isLatest(asString(container.image)) ? 'Always' : 'IfNotPresent'
  container.resources ??= {}
  defaultRequests(container.resources)
  const security = container.securityContext
  if (isObject(security) && security.privileged === true) security.procMount ??= 'Default'
}

/** Whether an image without a digest has no tag or the tag `latest`. */
function isLatest(image: string): boolean {
  if (image.includes('@')) return false
  const tag = /:([^/:]+)$/.exec(image)?.[1]
  return tag === undefined || tag === 'latest'
}

/** A limit is the default of the request for the same resource. */
function defaultRequests(resources: unknown): void {
  if (!isObject(resources) || !isObject(resources.limits)) return
  const requests = ensureObject(resources, 'requests')
  for (const [name, amount] of Object.entries(resources.limits)) requests[name] ??= amount
}

function defaultService(spec: JsonObject, minor: number): void {
  for (const port of objectsIn(spec.ports)) port.targetPort ??= port.port
  if (spec.type === 'ExternalName') return
  if (minor >= 22) spec.internalTrafficPolicy ??= 'Cluster'
  spec.ipFamilyPolicy ??= 'SingleStack'
  spec.ipFamilies ??= ['IPv4']
}

function defaultSubjects(object: JsonObject): void {
  for (const subject of objectsIn(object.subjects)) {
    if (subject.kind === 'ServiceAccount') continue
    subject.apiGroup ??= 'rbac.authorization.k8s.io'
  }
}

/** Sets the defaults of v1 or v1beta1, which differ. */
function defaultWebhook(webhook: JsonObject, isV1: boolean): void {
  webhook.failurePolicy ??= isV1 ? 'Fail' : 'Ignore'
  webhook.matchPolicy ??= isV1 ? 'Equivalent' : 'Exact'
  webhook.timeoutSeconds ??= isV1 ? 10 : 30
  webhook.namespaceSelector ??= {}
  webhook.objectSelector ??= {}
  if (isV1) return
  webhook.sideEffects ??= 'Unknown'
  webhook.admissionReviewVersions ??= ['v1beta1']
}
