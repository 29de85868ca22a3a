import { any, atomicMap, int, list, oneOf, type Schema, set, str } from '../kinds/schema.ts'

/** Properties of a model that are in the OpenAPI document of the API, but not in the model itself. */
interface Details {
  readonly required?: readonly string[]
  /** Whether server-side apply owns the object as a unit (x-kubernetes-map-type). */
  readonly atomic?: boolean
  /** The fields that identify an item of a list (x-kubernetes-list-map-keys). */
  readonly keys?: Readonly<Record<string, readonly string[]>>
  /** The keys by which a strategic merge patch merges lists that server-side apply owns as a unit. */
  readonly mergeKeys?: Readonly<Record<string, string>>
  /** Replacements for fields of the model that have a default, a set of values, or no known structure. */
  readonly fields?: Readonly<Record<string, Schema>>
}

const emptyName = { name: str('') }
const withMode = { defaultMode: int(420) }
const keySelector = { atomic: true, required: ['key'], fields: emptyName }

/** The details by the name of the model. Conditions always require `type` and `status`, and have the key `type`. */
export const details: Readonly<Record<string, Details>> = {
  V1ObjectMeta: { keys: { ownerReferences: ['uid'] }, fields: { finalizers: set(), managedFields: list(any) } },
  V1OwnerReference: { atomic: true, required: ['apiVersion', 'kind', 'name', 'uid'] },
  V1LabelSelector: { atomic: true },
  V1LabelSelectorRequirement: { required: ['key', 'operator'] },
  V1ObjectReference: { atomic: true },
  V1LocalObjectReference: { atomic: true, fields: emptyName },

  V1ServiceAccount: { keys: { secrets: ['name'] }, mergeKeys: { imagePullSecrets: 'name' } },
  V1Secret: { fields: { type: str('Opaque') } },
  V1ServiceSpec: {
    keys: { ports: ['port', 'protocol'] },
    fields: {
      type: oneOf(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'], 'ClusterIP'),
      selector: atomicMap(),
      sessionAffinity: str('None'),
    },
  },
  V1ServicePort: { required: ['port'], fields: { protocol: str('TCP') } },
  V1NodeSpec: { fields: { podCIDRs: set() } },
  V1NodeStatus: { keys: { addresses: ['type'] } },
  V1NodeAddress: { required: ['type', 'address'] },
  V1Taint: { required: ['key', 'effect'] },
  CoreV1Event: { fields: { reportingComponent: str(''), reportingInstance: str('') } },

  V1DeploymentSpec: {
    required: ['selector', 'template'],
    fields: { replicas: int(1), revisionHistoryLimit: int(10), progressDeadlineSeconds: int(600) },
  },
  V1DeploymentStrategy: { fields: { type: oneOf(['RollingUpdate', 'Recreate'], 'RollingUpdate') } },
  V1ReplicaSetSpec: { required: ['selector'], fields: { replicas: int(1) } },
  V1Job: { fields: { spec: any, status: any } },
  V1CronJob: { fields: { spec: any, status: any } },

  V1PodSpec: {
    required: ['containers'],
    keys: {
      containers: ['name'],
      initContainers: ['name'],
      volumes: ['name'],
      imagePullSecrets: ['name'],
      topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
    },
    fields: {
      ephemeralContainers: list(any),
      restartPolicy: oneOf(['Always', 'OnFailure', 'Never'], 'Always'),
      terminationGracePeriodSeconds: int(30),
      dnsPolicy: str('ClusterFirst'),
      nodeSelector: atomicMap(),
      schedulerName: str('default-scheduler'),
    },
  },
  V1PodStatus: { keys: { podIPs: ['ip'] } },
  V1PodIP: { required: ['ip'] },
  V1TopologySpreadConstraint: { required: ['maxSkew', 'topologyKey', 'whenUnsatisfiable'] },
  V1Container: {
    required: ['name'],
    keys: { ports: ['containerPort', 'protocol'], env: ['name'], volumeMounts: ['mountPath'] },
    fields: {
      terminationMessagePath: str('/dev/termination-log'),
      terminationMessagePolicy: str('File'),
      imagePullPolicy: oneOf(['Always', 'IfNotPresent', 'Never']),
    },
  },
  V1ContainerPort: { required: ['containerPort'], fields: { protocol: str('TCP') } },
  V1VolumeMount: { required: ['name', 'mountPath'] },
  V1EnvVar: { required: ['name'] },
  V1ConfigMapKeySelector: keySelector,
  V1SecretKeySelector: keySelector,
  V1ConfigMapEnvSource: { fields: emptyName },
  V1SecretEnvSource: { fields: emptyName },
  V1ObjectFieldSelector: { atomic: true, required: ['fieldPath'], fields: { apiVersion: str('v1') } },
  V1ResourceFieldSelector: { atomic: true, required: ['resource'] },
  V1Probe: {
    fields: { timeoutSeconds: int(1), periodSeconds: int(10), successThreshold: int(1), failureThreshold: int(3) },
  },
  V1HTTPGetAction: { required: ['port'], fields: { path: str('/'), scheme: str('HTTP') } },
  V1HTTPHeader: { required: ['name', 'value'] },
  V1TCPSocketAction: { required: ['port'] },
  V1GRPCAction: { required: ['port'], fields: { service: str('') } },
  V1SeccompProfile: { required: ['type'] },
  V1Sysctl: { required: ['name', 'value'] },

  V1Volume: { required: ['name'] },
  V1SecretVolumeSource: { fields: withMode },
  V1ConfigMapVolumeSource: { fields: { ...emptyName, ...withMode } },
  V1DownwardAPIVolumeSource: { fields: withMode },
  V1ProjectedVolumeSource: { fields: withMode },
  V1HostPathVolumeSource: { required: ['path'], fields: { type: str('') } },
  V1PersistentVolumeClaimVolumeSource: { required: ['claimName'] },
  V1SecretProjection: { fields: emptyName },
  V1ConfigMapProjection: { fields: emptyName },
  V1ServiceAccountTokenProjection: { required: ['path'], fields: { expirationSeconds: int(3600) } },
  V1KeyToPath: { required: ['key', 'path'] },
  V1DownwardAPIVolumeFile: { required: ['path'] },

  V1PolicyRule: { required: ['verbs'] },
  V1RoleBinding: { required: ['roleRef'] },
  V1ClusterRoleBinding: { required: ['roleRef'] },
  V1RoleRef: { atomic: true, required: ['kind', 'name'], fields: { apiGroup: str('rbac.authorization.k8s.io') } },
  RbacV1Subject: { atomic: true, required: ['kind', 'name'] },

  // The required fields and defaults of v1 and v1beta1 differ: see objects/defaults.ts and strategies/webhooks.ts.
  V1MutatingWebhookConfiguration: { keys: { webhooks: ['name'] } },
  V1MutatingWebhook: {
    required: ['name', 'clientConfig'],
    keys: { matchConditions: ['name'] },
    fields: {
      failurePolicy: oneOf(['Fail', 'Ignore']),
      matchPolicy: oneOf(['Exact', 'Equivalent']),
      sideEffects: oneOf(['None', 'NoneOnDryRun', 'Some', 'Unknown']),
      reinvocationPolicy: oneOf(['Never', 'IfNeeded'], 'Never'),
    },
  },
  V1MatchCondition: { required: ['name', 'expression'] },
  AdmissionregistrationV1ServiceReference: { required: ['namespace', 'name'], fields: { port: int(443) } },
  V1RuleWithOperations: { fields: { scope: str('*') } },

  V1CertificateSigningRequestSpec: { required: ['request'] },
  V1SelfSubjectAccessReview: { required: ['spec'] },
  V1SelfSubjectRulesReview: { required: ['spec'] },
}
