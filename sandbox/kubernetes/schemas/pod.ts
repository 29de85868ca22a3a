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
} from '../schema.ts'
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

const seLinuxOptions = obj({ user: str(), role: str(), type: str(), level: str() })
const seccompProfile = obj({ type: str(), localhostProfile: str() }, ['type'])
const appArmorProfile = obj({ type: str(), localhostProfile: str() }, ['type'])
const windowsOptions = obj({
  gmsaCredentialSpecName: str(),
  gmsaCredentialSpec: str(),
  runAsUserName: str(),
  hostProcess: bool(),
})

const containerSecurityContext = obj({
  allowPrivilegeEscalation: bool(),
  capabilities: obj({ add: list(str()), drop: list(str()) }),
  privileged: bool(),
  procMount: str(),
  readOnlyRootFilesystem: bool(),
  runAsGroup: int(),
  runAsNonRoot: bool(),
  runAsUser: int(),
  seLinuxOptions,
  seccompProfile,
  appArmorProfile,
  windowsOptions,
})

const resources = obj({
  limits: map(quantity),
  requests: map(quantity),
  claims: listBy(['name'], obj({ name: str(), request: str() }, ['name'])),
})

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
    volumeDevices: listBy(['devicePath'], obj({ devicePath: str(), name: str() }, ['devicePath', 'name'])),
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

const nodeSelectorTerm = atomicObj({
  matchExpressions: list(obj({ key: str(), operator: str(), values: list(str()) }, ['key', 'operator'])),
  matchFields: list(obj({ key: str(), operator: str(), values: list(str()) }, ['key', 'operator'])),
})
const podAffinityTerm = obj(
  {
    labelSelector,
    namespaceSelector: labelSelector,
    namespaces: list(str()),
    topologyKey: str(),
    matchLabelKeys: list(str()),
    mismatchLabelKeys: list(str()),
  },
  ['topologyKey'],
)
const podAffinity = obj({
  requiredDuringSchedulingIgnoredDuringExecution: list(podAffinityTerm),
  preferredDuringSchedulingIgnoredDuringExecution: list(
    obj({ weight: int(), podAffinityTerm }, ['weight', 'podAffinityTerm']),
  ),
})
const affinity = obj({
  nodeAffinity: obj({
    requiredDuringSchedulingIgnoredDuringExecution: atomicObj({ nodeSelectorTerms: list(nodeSelectorTerm) }, [
      'nodeSelectorTerms',
    ]),
    preferredDuringSchedulingIgnoredDuringExecution: list(
      obj({ weight: int(), preference: nodeSelectorTerm }, ['weight', 'preference']),
    ),
  }),
  podAffinity,
  podAntiAffinity: podAffinity,
})

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
  seLinuxOptions,
  seLinuxChangePolicy: str(),
  seccompProfile,
  appArmorProfile,
  supplementalGroups: list(int()),
  supplementalGroupsPolicy: str(),
  sysctls: list(obj({ name: str(), value: str() }, ['name', 'value'])),
  windowsOptions,
})

const podSpecFields: Record<string, Schema> = {
  containers: listBy(['name'], container),
  initContainers: listBy(['name'], container),
  ephemeralContainers: listBy(['name'], obj({ ...container.fields, targetContainerName: str() }, ['name'])),
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
  affinity,
  schedulerName: str('default-scheduler'),
  tolerations: list(toleration),
  hostAliases: listBy(['ip'], obj({ ip: str(), hostnames: list(str()) }, ['ip'])),
  priorityClassName: str(),
  priority: int(),
  preemptionPolicy: str(),
  readinessGates: list(obj({ conditionType: str() }, ['conditionType'])),
  runtimeClassName: str(),
  enableServiceLinks: bool(),
  overhead: map(quantity),
  topologySpreadConstraints: listBy(['topologyKey', 'whenUnsatisfiable'], topologySpread),
  os: obj({ name: str() }, ['name']),
  schedulingGates: listBy(['name'], obj({ name: str() }, ['name'])),
  resourceClaims: listBy(['name'], obj({ name: str() }, ['name'])),
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
