import { isDeepStrictEqual } from 'node:util'
import { asObject, asString, at, ensureObject, type JsonObject, objectsIn } from '../objects/objects.ts'
import type { Store } from '../objects/store.ts'
import type { Cause } from '../requests/status.ts'
import { forbiddenField, invalidValue, required, type Strategy } from './strategy.ts'
import { immutable } from './workloads.ts'

export const namespaceStrategy: Strategy = {
  initialStatus: { phase: 'Active' },
}

export const secretStrategy: Strategy = {
  validate: (object) => [...dataCauses(asObject(object.data)), ...tlsCauses(object)],
  validateUpdate: (object, old) => [
    ...immutable(object, old, 'type'),
    ...(old.immutable === true && !isDeepStrictEqual(object.data, old.data)
      ? [forbiddenField('data', 'field is immutable when `immutable` is set')]
      : []),
  ],
}

function dataCauses(data: JsonObject): Cause[] {
  return Object.keys(data)
    .filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key))
    .map((key) =>
      invalidValue(`data[${key}]`, key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"),
    )
}

function tlsCauses(object: JsonObject): Cause[] {
  if (object.type !== 'kubernetes.io/tls') return []
  return ['tls.crt', 'tls.key']
    .filter((key) => at(object, 'data', key) === undefined)
    .map((key) => required(`data[${key}]`))
}

export const serviceStrategy: Strategy = {
  initialStatus: { loadBalancer: {} },
  onCreate: (object, { store }) => allocateAddress(ensureObject(object, 'spec'), store),
  onUpdate: (object, old) => {
    const spec = ensureObject(object, 'spec')
    spec.clusterIP ??= at(old, 'spec', 'clusterIP')
    spec.clusterIPs ??= at(old, 'spec', 'clusterIPs')
  },
  validate: (object) => {
    const ports = objectsIn(at(object, 'spec', 'ports'))
    if (ports.length === 0 && at(object, 'spec', 'clusterIP') !== 'None') return [required('spec.ports')]
    return ports.length > 1 ? ports.flatMap(unnamedPort) : []
  },
  validateUpdate: (object, old) => immutable(object, old, 'spec.clusterIP'),
}

function unnamedPort(port: JsonObject, index: number): Cause[] {
  return asString(port.name) === '' ? [required(`spec.ports[${index}].name`)] : []
}

/** Sets the next free address of 10.96.0.0/16. */
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
