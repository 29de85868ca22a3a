import { durationSince, humanDuration } from '../objects/durations.ts'
import { asObject, asString, at, type JsonObject, type KubeObject, objectsIn, stringsIn } from '../objects/objects.ts'

export interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'date'
  readonly cell: (object: KubeObject) => unknown
  /** The path of the field, for a cell that shows one field. */
  readonly path?: readonly string[]
  /** The first and the last minor version of Kubernetes that print the column. */
  readonly from?: number
  readonly until?: number
}

/** The columns that a server of this minor version prints (pkg/printers/internalversion of k8s.io/kubernetes). */
export function columnsOf(kind: string, minor: number): readonly Column[] {
  const columns = columnsByKind[kind] ?? [name, age]
  return columns.filter(({ from = 0, until = minor }) => minor >= from && minor <= until)
}

const name: Column = { name: 'Name', type: 'string', cell: ({ metadata }) => metadata.name }
const age: Column = { name: 'Age', type: 'string', cell: ({ metadata }) => durationSince(metadata.creationTimestamp) }
const createdAt: Column = { name: 'Created At', type: 'date', cell: ({ metadata }) => metadata.creationTimestamp }

function column(title: string, cell: Column['cell']): Column {
  return { name: title, type: 'string', cell }
}

function text(title: string, ...path: string[]): Column {
  return { ...column(title, (object) => String(at(object, ...path) ?? '')), path }
}

function count(title: string, ...path: string[]): Column {
  return { name: title, type: 'integer', cell: (object) => Number(at(object, ...path) ?? 0) }
}

const bindingColumns: readonly Column[] = [
  name,
  column('Role', ({ roleRef }) => `${asString(at(roleRef, 'kind'))}/${asString(at(roleRef, 'name'))}`),
  age,
]

const columnsByKind: Readonly<Record<string, readonly Column[]>> = {
  AWSCluster: [
    name,
    text('State', 'status', 'state'),
    age,
    text('Version', 'spec', 'controlPlane', 'version'),
    text('Endpoint', 'status', 'controlPlaneEndpoint'),
  ],
  AWSNodePool: [
    name,
    text('Cluster', 'spec', 'clusterName'),
    text('State', 'status', 'state'),
    age,
    text('Version', 'spec', 'version'),
  ],
  Namespace: [name, text('Status', 'status', 'phase'), age],
  ConfigMap: [name, column('Data', ({ data, binaryData }) => sizeOf(data) + sizeOf(binaryData)), age],
  Secret: [name, text('Type', 'type'), column('Data', ({ data }) => sizeOf(data)), age],
  ServiceAccount: [name, { ...column('Secrets', ({ secrets }) => objectsIn(secrets).length), until: 34 }, age],
  Service: [
    name,
    text('Type', 'spec', 'type'),
    column('Cluster-IP', (service) => asString(at(service, 'spec', 'clusterIP')) || '<none>'),
    column('External-IP', externalAddress),
    column('Port(s)', portsOf),
    age,
  ],
  Pod: [
    name,
    column('Ready', readyContainers),
    column('Status', podStatus),
    column('Restarts', (pod) => String(restartsOf(pod))),
    age,
  ],
  Node: [
    name,
    column('Status', nodeStatus),
    column('Roles', nodeRoles),
    age,
    text('Version', 'status', 'nodeInfo', 'kubeletVersion'),
  ],
  Event: [
    column('Last Seen', ({ lastTimestamp }) => durationSince(lastTimestamp)),
    text('Type', 'type'),
    text('Reason', 'reason'),
    column('Object', involved),
    column('Message', ({ message }) => asString(message).trim()),
  ],
  Deployment: [
    name,
    column('Ready', readyReplicas),
    column('Up-to-date', (object) => Number(at(object, 'status', 'updatedReplicas') ?? 0)),
    column('Available', (object) => Number(at(object, 'status', 'availableReplicas') ?? 0)),
    age,
  ],
  ReplicaSet: [
    name,
    count('Desired', 'spec', 'replicas'),
    count('Current', 'status', 'replicas'),
    count('Ready', 'status', 'readyReplicas'),
    age,
  ],
  PodDisruptionBudget: [
    name,
    column('Min Available', (budget) => String(at(budget, 'spec', 'minAvailable') ?? 'N/A')),
    column('Max Unavailable', (budget) => String(at(budget, 'spec', 'maxUnavailable') ?? 'N/A')),
    count('Allowed Disruptions', 'status', 'disruptionsAllowed'),
    age,
  ],
  Role: [name, createdAt],
  ClusterRole: [name, createdAt],
  RoleBinding: bindingColumns,
  ClusterRoleBinding: bindingColumns,
  MutatingWebhookConfiguration: [
    name,
    { name: 'Webhooks', type: 'integer', cell: ({ webhooks }) => objectsIn(webhooks).length },
    age,
  ],
  CertificateSigningRequest: [
    name,
    age,
    text('SignerName', 'spec', 'signerName'),
    text('Requestor', 'spec', 'username'),
    { ...column('RequestedDuration', requestedDuration), from: 22 },
    column('Condition', requestCondition),
  ],
}

function sizeOf(value: unknown): number {
  return Object.keys(asObject(value)).length
}

function externalAddress({ spec }: KubeObject): string {
  if (at(spec, 'type') === 'ExternalName') return asString(at(spec, 'externalName'))
  const addresses = stringsIn(at(spec, 'externalIPs'))
  if (addresses.length > 0) return addresses.join(',')
  return at(spec, 'type') === 'LoadBalancer' ? '<pending>' : '<none>'
}

function portsOf(service: KubeObject): string {
  const ports = objectsIn(at(service, 'spec', 'ports'))
  return ports.map(({ port, protocol }) => `${Number(port)}/${asString(protocol)}`).join(',') || '<none>'
}

function readyReplicas(deployment: KubeObject): string {
  return `${Number(at(deployment, 'status', 'readyReplicas') ?? 0)}/${Number(at(deployment, 'spec', 'replicas') ?? 0)}`
}

function statusesOf(pod: KubeObject): JsonObject[] {
  return objectsIn(at(pod, 'status', 'containerStatuses'))
}

function readyContainers(pod: KubeObject): string {
  const containerCount = objectsIn(at(pod, 'spec', 'containers')).length
  return `${statusesOf(pod).filter(({ ready }) => ready === true).length}/${containerCount}`
}

function restartsOf(pod: KubeObject): number {
  return statusesOf(pod).reduce((sum, { restartCount }) => sum + Number(restartCount ?? 0), 0)
}

function podStatus(pod: KubeObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating'
  const reasons = statusesOf(pod).map(({ state }) => asString(at(state, 'waiting', 'reason')))
  return reasons.find((reason) => reason !== '') ?? asString(at(pod, 'status', 'phase'))
}

function nodeStatus(node: KubeObject): string {
  const ready = objectsIn(at(node, 'status', 'conditions')).find(({ type }) => type === 'Ready')
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady']
  return [...words, ...(at(node, 'spec', 'unschedulable') === true ? ['SchedulingDisabled'] : [])].join(',')
}

function nodeRoles({ metadata }: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/'
  const roles = Object.keys(metadata.labels ?? {}).filter((label) => label.startsWith(prefix))
  return roles.map((label) => label.slice(prefix.length)).join(',') || '<none>'
}

function involved({ involvedObject }: KubeObject): string {
  return `${asString(at(involvedObject, 'kind')).toLowerCase()}/${asString(at(involvedObject, 'name'))}`
}

function requestedDuration(request: KubeObject): string {
  const seconds = at(request, 'spec', 'expirationSeconds')
  return seconds === undefined ? '<none>' : humanDuration(Number(seconds))
}

function requestCondition(request: KubeObject): string {
  const types = objectsIn(at(request, 'status', 'conditions')).map(({ type }) => asString(type))
  const decision = ['Denied', 'Approved'].find((type) => types.includes(type)) ?? 'Pending'
  const failed = types.includes('Failed') ? ['Failed'] : []
  const issued = asString(at(request, 'status', 'certificate')) === '' ? [] : ['Issued']
  return [decision, ...failed, ...issued].join(',')
}
