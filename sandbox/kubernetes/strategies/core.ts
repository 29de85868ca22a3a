import { isDeepStrictEqual } from 'node:util'
import { asArray, at, ensureObject, type JsonObject } from '../objects/objects.ts'
import type { Store } from '../objects/store.ts'
import { invalidValue, required, type Strategy } from './strategy.ts'
import { immutable } from './workloads.ts'

export const namespaceStrategy: Strategy = {
  initialStatus: { phase: 'Active' },
}

export const secretStrategy: Strategy = {
  validate: (object) =>
    (object.type === 'kubernetes.io/tls' ? ['tls.crt', 'tls.key'] : [])
      .filter((key) => at(object, 'data', key) === undefined)
      .map((key) => required(`data[${key}]`)),
  validateUpdate: (object, old) => immutable(object, old, 'type'),
}

export const serviceStrategy: Strategy = {
  initialStatus: { loadBalancer: {} },
  onCreate: (object, { store }) => allocateAddress(ensureObject(object, 'spec'), store),
  onUpdate: (object, old) => {
    const spec = ensureObject(object, 'spec')
    spec.clusterIP ??= at(old, 'spec', 'clusterIP')
    spec.clusterIPs ??= at(old, 'spec', 'clusterIPs')
  },
  validate: (object) => (asArray(at(object, 'spec', 'ports')).length === 0 ? [required('spec.ports')] : []),
  validateUpdate: (object, old) => immutable(object, old, 'spec.clusterIP'),
}

/** The next free address of 10.96.0.0/12's first part. */
function allocateAddress(spec: JsonObject, store: Store): void {
  if (spec.type === 'ExternalName' || spec.clusterIP === 'None') return
  const taken = new Set(store.list('Service').map((service) => at(service, 'spec', 'clusterIP')))
  let host = 10
  while (taken.has(`10.96.${host >> 8}.${host & 255}`)) host += 1
  spec.clusterIP ??= `10.96.${host >> 8}.${host & 255}`
  spec.clusterIPs ??= [spec.clusterIP]
}

export const bindingStrategy: Strategy = {
  validateUpdate: (object, old) =>
    isDeepStrictEqual(object.roleRef, old.roleRef)
      ? []
      : [invalidValue('roleRef', object.roleRef, 'cannot change roleRef')],
}
