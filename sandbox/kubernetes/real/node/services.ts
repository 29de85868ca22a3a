import { asString, at, type JsonObject, objectsIn, stringsIn } from '../../objects.ts'

/** Where a connection to a Service can end. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** What the API server says of its network. */
export interface Network {
  readonly services: readonly JsonObject[]
  readonly slices: readonly JsonObject[]
}

/** The ready endpoints behind this port of a Service's address; undefined when it is no Service's address. */
export function endpointsOf(network: Network, address: string, port: number): Endpoint[] | undefined {
  const service = network.services.find((one) => asString(at(one, 'spec', 'clusterIP')) === address)
  if (!service) return undefined
  const wanted = objectsIn(at(service, 'spec', 'ports')).find((one) => one.port === port)
  if (!wanted) return []
  return network.slices
    .filter((slice) => isOf(slice, service))
    .flatMap((slice) => readyIn(slice, asString(wanted.name)))
}

function isOf(slice: JsonObject, service: JsonObject): boolean {
  return (
    at(slice, 'metadata', 'namespace') === at(service, 'metadata', 'namespace') &&
    at(slice, 'metadata', 'labels', 'kubernetes.io/service-name') === at(service, 'metadata', 'name')
  )
}

function readyIn(slice: JsonObject, portName: string): Endpoint[] {
  const port = objectsIn(slice.ports).find(({ name }) => asString(name) === portName)
  const ready = objectsIn(slice.endpoints).filter((endpoint) => at(endpoint, 'conditions', 'ready') === true)
  return ready
    .flatMap(({ addresses }) => stringsIn(addresses))
    .map((address) => ({ address, port: Number(port?.port) }))
}
