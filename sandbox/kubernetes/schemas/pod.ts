import {
  any,
  atomicMap,
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
  type Schema,
  str,
} from '../kinds/schema.ts'
import { conditions, kindOf, labelSelector, metadata } from './meta.ts'

const localReference = atomicObj({ name: str('') })
const keySelector = atomicObj({ name: str(''), key: str(), optional: bool() }, ['key'])
const fieldRef = atomicObj({ apiVersion: str('v1'), fieldPath: str() }, ['fieldPath'])
const resourceFieldRef = atomicObj({ containerName: str(), resource: str(), divisor: quantity }, ['resource'])

const envVar = obj(
  {
    name: str(),
    value: str(),
    valueFrom: obj({
      fieldRef,
      resourceFieldRef,
      configMapKeyRef: keySelector,
      secretKeyRef: keySelector,
      fileKeyRef: any,
    }),
  },
  ['name'],
)

const envFrom = obj({
  prefix: str(),
  configMapRef: obj({ name: str(''), optional: bool() }),
  secretRef: obj({ name: str(''), optional: bool() }),
})

const httpGet = obj(
  {
    path: str('/'),
    port: intOrString(),
    host: str(),
    scheme: str('HTTP'),
    httpHeaders: list(obj({ name: str(), value: str() }, ['name', 'value'])),
  },
  ['port'],
)
const exec = obj({ command: list(str()) })
const tcpSocket = obj({ port: intOrString(), host: str() }, ['port'])
const handler = { exec, httpGet, tcpSocket }

const probe = obj({
  ...handler,
  grpc: obj({ port: int(), service: str('') }, ['port']),
  initialDelaySeconds: int(),
  timeoutSeconds: int(1),
  periodSeconds: int(10),
  successThreshold: int(1),
  failureThreshold: int(3),
  terminationGracePeriodSeconds: int(),
})

const lifecycle = obj({
  postStart: obj({ ...handler, sleep: any }),
  preStop: obj({ ...handler, sleep: any }),
  stopSignal: str(),
})

const seccompProfile = obj({ type: str(), localhostProfile: str() }, ['type'])

const containerSecurityContext = obj({
  allowPrivilegeEscalation: bool(),
  capabilities: obj({ add: list(str()), drop: list(str()) }),
  privileged: bool(),
  procMount: str(),
  readOnlyRootFilesystem: bool(),
  runAsGroup: int(),
  runAsNonRoot: bool(),
  runAsUser: int(),
  seLinuxOptions: any,
  seccompProfile,
  appArmorProfile: any,
  windowsOptions: any,
})

const resources = obj({ limits: map(quantity), requests: map(quantity), claims: list(any) })

const containerPort = obj({ name: str(), containerPort: int(), hostPort: int(), hostIP: str(), protocol: str('TCP') }, [
  'containerPort',
])

const volumeMount = obj(
  {
    name: str(),
    mountPath: str(),
    readOnly: bool(),
    recursiveReadOnly: str(),
    subPath: str(),
    subPathExpr: str(),
    mountPropagation: str(),
  },
  ['name', 'mountPath'],
)

const container = obj(
  {
    name: str(),
    image: str(),
    command: list(str()),
    args: list(str()),
    workingDir: str(),
    ports: listBy(['containerPort', 'protocol'], containerPort),
    env: listBy(['name'], envVar),
    envFrom: list(envFrom),
    resources,
    resizePolicy: list(any),
    restartPolicy: str(),
    volumeMounts: listBy(['mountPath'], volumeMount),
    volumeDevices: list(any),
    livenessProbe: probe,
    readinessProbe: probe,
    startupProbe: probe,
    lifecycle,
    terminationMessagePath: str('/dev/termination-log'),
    terminationMessagePolicy: str('File'),
    imagePullPolicy: oneOf(['Always', 'IfNotPresent', 'Never']),
    securityContext: containerSecurityContext,
    stdin: bool(),
    stdinOnce: bool(),
    tty: bool(),
  },
  ['name'],
)

const keyToPath = obj({ key: str(), path: str(), mode: int() }, ['key', 'path'])
const downwardItem = obj({ path: str(), fieldRef, resourceFieldRef, mode: int() }, ['path'])

const projection = obj({
  secret: obj({ name: str(''), items: list(keyToPath), optional: bool() }),
  configMap: obj({ name: str(''), items: list(keyToPath), optional: bool() }),
  downwardAPI: obj({ items: list(downwardItem) }),
  serviceAccountToken: obj({ audience: str(), expirationSeconds: int(3600), path: str() }, ['path']),
  clusterTrustBundle: any,
})

/** Kinds of volumes that no example here uses: taken as they are. */
const olderVolumes = Object.fromEntries(
  [
    ...['awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'fc', 'flexVolume', 'flocker'],
    ...['gcePersistentDisk', 'gitRepo', 'glusterfs', 'iscsi', 'photonPersistentDisk', 'portworxVolume', 'quobyte'],
    ...['rbd', 'scaleIO', 'storageos', 'vsphereVolume'],
  ].map((name) => [name, any] as const),
)

const volume = obj(
  {
    name: str(),
    emptyDir: obj({ medium: str(), sizeLimit: quantity }),
    secret: obj({ secretName: str(), items: list(keyToPath), defaultMode: int(420), optional: bool() }),
    configMap: obj({ name: str(''), items: list(keyToPath), defaultMode: int(420), optional: bool() }),
    downwardAPI: obj({ items: list(downwardItem), defaultMode: int(420) }),
    projected: obj({ sources: list(projection), defaultMode: int(420) }),
    hostPath: obj({ path: str(), type: str('') }, ['path']),
    persistentVolumeClaim: obj({ claimName: str(), readOnly: bool() }, ['claimName']),
    csi: any,
    ephemeral: any,
    nfs: any,
    image: any,
    ...olderVolumes,
  },
  ['name'],
)

const toleration = atomicObj({
  key: str(),
  operator: str(),
  value: str(),
  effect: str(),
  tolerationSeconds: int(),
})

const topologySpread = obj(
  {
    maxSkew: int(),
    topologyKey: str(),
    whenUnsatisfiable: str(),
    labelSelector,
    minDomains: int(),
    nodeAffinityPolicy: str(),
    nodeTaintsPolicy: str(),
    matchLabelKeys: list(str()),
  },
  ['maxSkew', 'topologyKey', 'whenUnsatisfiable'],
)

const podSecurityContext = obj({
  fsGroup: int(),
  fsGroupChangePolicy: str(),
  runAsGroup: int(),
  runAsNonRoot: bool(),
  runAsUser: int(),
  seLinuxOptions: any,
  seLinuxChangePolicy: str(),
  seccompProfile,
  appArmorProfile: any,
  supplementalGroups: list(int()),
  supplementalGroupsPolicy: str(),
  sysctls: list(obj({ name: str(), value: str() }, ['name', 'value'])),
  windowsOptions: any,
})

const podSpecFields: Record<string, Schema> = {
  containers: listBy(['name'], container),
  initContainers: listBy(['name'], container),
  ephemeralContainers: list(any),
  volumes: listBy(['name'], volume),
  restartPolicy: oneOf(['Always', 'OnFailure', 'Never'], 'Always'),
  terminationGracePeriodSeconds: int(30),
  activeDeadlineSeconds: int(),
  dnsPolicy: str('ClusterFirst'),
  dnsConfig: any,
  nodeSelector: atomicMap(),
  serviceAccountName: str(),
  serviceAccount: str(),
  automountServiceAccountToken: bool(),
  nodeName: str(),
  hostNetwork: bool(),
  hostPID: bool(),
  hostIPC: bool(),
  hostUsers: bool(),
  shareProcessNamespace: bool(),
  securityContext: podSecurityContext,
  imagePullSecrets: listBy(['name'], localReference),
  hostname: str(),
  subdomain: str(),
  setHostnameAsFQDN: bool(),
  affinity: any,
  schedulerName: str('default-scheduler'),
  tolerations: list(toleration),
  hostAliases: list(any),
  priorityClassName: str(),
  priority: int(),
  preemptionPolicy: str(),
  readinessGates: list(any),
  runtimeClassName: str(),
  enableServiceLinks: bool(),
  overhead: map(quantity),
  topologySpreadConstraints: listBy(['topologyKey', 'whenUnsatisfiable'], topologySpread),
  os: any,
  schedulingGates: list(any),
  resourceClaims: list(any),
  resources,
}

const podSpec = obj(podSpecFields, ['containers'])

export const podTemplate = obj({ metadata, spec: podSpec })

const containerStatus = list(any)

export const pod = kindOf({
  spec: podSpec,
  status: obj({
    phase: str(),
    conditions,
    message: str(),
    reason: str(),
    nominatedNodeName: str(),
    hostIP: str(),
    hostIPs: list(any),
    podIP: str(),
    podIPs: listBy(['ip'], obj({ ip: str() }, ['ip'])),
    startTime: str(),
    qosClass: str(),
    observedGeneration: int(),
    initContainerStatuses: containerStatus,
    containerStatuses: containerStatus,
    ephemeralContainerStatuses: containerStatus,
  }),
})
