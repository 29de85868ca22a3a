import { any, atomicObj, bool, int, list, listBy, map, obj, set, str } from '../kinds/schema.ts'

export const ownerReference = atomicObj(
  {
    apiVersion: str(),
    kind: str(),
    name: str(),
    uid: str(),
    controller: bool(),
    blockOwnerDeletion: bool(),
  },
  ['apiVersion', 'kind', 'name', 'uid'],
)

export const metadata = obj({
  name: str(),
  generateName: str(),
  namespace: str(),
  selfLink: str(),
  uid: str(),
  resourceVersion: str(),
  generation: int(),
  creationTimestamp: str(),
  deletionTimestamp: str(),
  deletionGracePeriodSeconds: int(),
  labels: map(),
  annotations: map(),
  ownerReferences: listBy(['uid'], ownerReference),
  finalizers: set(),
  managedFields: list(any),
})

const requirement = obj({ key: str(), operator: str(), values: list(str()) }, ['key', 'operator'])

/** LabelSelector is atomic to server-side apply (x-kubernetes-map-type). */
export const labelSelector = atomicObj({ matchLabels: map(), matchExpressions: list(requirement) })

export const condition = obj(
  {
    type: str(),
    status: str(),
    observedGeneration: int(),
    lastTransitionTime: str(),
    lastUpdateTime: str(),
    lastProbeTime: str(),
    reason: str(),
    message: str(),
  },
  ['type', 'status'],
)

export const conditions = listBy(['type'], condition)

/** A whole kind: the type, its metadata and the fields given. */
export function kindOf(fields: Parameters<typeof obj>[0], required: readonly string[] = []) {
  return obj({ apiVersion: str(), kind: str(), metadata, ...fields }, required)
}
