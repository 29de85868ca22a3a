import {
  any,
  atomicObj,
  bool,
  int,
  intOrString,
  list,
  listBy,
  map,
  obj,
  oneOf,
  quantity,
  set,
  str,
} from '../kinds/schema.ts'
import { conditions, kindOf } from './meta.ts'

/** ObjectReference is atomic to server-side apply. */
export const objectReference = atomicObj({
  apiVersion: str(),
  kind: str(),
  name: str(),
  namespace: str(),
  uid: str(),
  resourceVersion: str(),
  fieldPath: str(),
})

export const namespace = kindOf({
  spec: obj({ finalizers: list(str()) }),
  status: obj({ phase: str(), conditions }),
})

export const serviceAccount = kindOf({
  secrets: listBy(['name'], objectReference),
  imagePullSecrets: list(atomicObj({ name: str('') }), 'name'),
  automountServiceAccountToken: bool(),
})

export const secret = kindOf({
  data: map(),
  stringData: map(),
  type: str('Opaque'),
  immutable: bool(),
})

export const configMap = kindOf({ data: map(), binaryData: map(), immutable: bool() })

const servicePort = obj(
  {
    name: str(),
    protocol: str('TCP'),
    port: int(),
    targetPort: intOrString(),
    nodePort: int(),
    appProtocol: str(),
  },
  ['port'],
)

export const service = kindOf({
  spec: obj({
    type: oneOf(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'], 'ClusterIP'),
    ports: listBy(['port', 'protocol'], servicePort),
    selector: { is: 'map', values: str(), atomic: true },
    clusterIP: str(),
    clusterIPs: list(str()),
    externalIPs: list(str()),
    externalName: str(),
    externalTrafficPolicy: str(),
    healthCheckNodePort: int(),
    internalTrafficPolicy: str(),
    ipFamilies: list(str()),
    ipFamilyPolicy: str(),
    loadBalancerIP: str(),
    loadBalancerClass: str(),
    loadBalancerSourceRanges: list(str()),
    allocateLoadBalancerNodePorts: bool(),
    publishNotReadyAddresses: bool(),
    sessionAffinity: str('None'),
    sessionAffinityConfig: any,
    topologyKeys: list(str()),
    trafficDistribution: str(),
  }),
  status: obj({ loadBalancer: any, conditions }),
})

const nodeCondition = obj(
  {
    type: str(),
    status: str(),
    lastHeartbeatTime: str(),
    lastTransitionTime: str(),
    reason: str(),
    message: str(),
  },
  ['type', 'status'],
)
const nodeAddress = obj({ type: str(), address: str() }, ['type', 'address'])
const taint = obj({ key: str(), value: str(), effect: str(), timeAdded: str() }, ['key', 'effect'])

export const node = kindOf({
  spec: obj({
    podCIDR: str(),
    podCIDRs: set(),
    providerID: str(),
    unschedulable: bool(),
    taints: list(taint),
    configSource: any,
    externalID: str(),
  }),
  status: obj({
    capacity: map(quantity),
    allocatable: map(quantity),
    phase: str(),
    conditions: listBy(['type'], nodeCondition),
    addresses: listBy(['type'], nodeAddress),
    daemonEndpoints: any,
    nodeInfo: map(),
    images: list(any),
    volumesInUse: list(str()),
    volumesAttached: list(any),
    config: any,
    runtimeHandlers: list(any),
    features: any,
  }),
})

export const event = kindOf({
  involvedObject: objectReference,
  reason: str(),
  message: str(),
  source: obj({ component: str(), host: str() }),
  firstTimestamp: str(),
  lastTimestamp: str(),
  count: int(),
  type: str(),
  eventTime: str(),
  series: any,
  action: str(),
  related: objectReference,
  reportingComponent: str(''),
  reportingInstance: str(''),
})
