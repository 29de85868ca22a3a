/**
 * The documented manifest of the webhook, mended: two replicas that spread and survive a drain, least rights for the
 * account and the process, probes, resources. The names and the Deployment's selector stay as documented, so that one
 * made by hand can be taken over.
 */
import type { Manifest } from '../../clouds/kubernetes/object.ts'
import type { CertificateMode } from './choose.ts'
import { requestedSecretName, secretNameOf, webhookName } from './names.ts'
import { namespaceNameLabel, skipLabel } from './selectors.ts'

export interface DeploymentParts {
  /** Of the Deployment and of all that belongs to it; the webhook's own when left out. */
  readonly name?: string
  readonly namespace: string
  readonly mode: CertificateMode
  readonly image: string
  readonly replicas: number
  /** Given to the pods as AWS_REGION and AWS_DEFAULT_REGION. */
  readonly region: string
  /** own-ca: changes with the certificate, so that a new one rolls the pods instead of waiting for each to notice. */
  readonly certificateDigest?: string
}

/** 443, the documented port, cannot be bound by a user other than root on every version from 1.19 on. */
const port = 8443
/** "nobody": the images name no user that could be relied on. */
const user = 65534
const selectorOf = (name: string) => ({ app: name })
const certificateDirectory = '/etc/webhook/certs'
const certificateAnnotation = 'workload-identity/certificate'

/** The label is set by the API server from 1.21 on; before, nobody but us does it. */
export function namespaceManifest(namespace: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { [namespaceNameLabel]: namespace } },
  }
}

export function serviceAccountManifest(namespace: string): Manifest {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: webhookName, namespace } }
}

/** What the account may do in its namespace: in csr mode keep the certificate in its Secret, else nothing. */
export function roleManifest(namespace: string, mode: CertificateMode): Manifest {
  const secretRules = [
    { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
    {
      apiGroups: [''],
      resources: ['secrets'],
      verbs: ['get', 'update', 'patch'],
      resourceNames: [requestedSecretName],
    },
  ]
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: webhookName, namespace },
    rules: mode === 'csr' ? secretRules : [],
  }
}

export function roleBindingManifest(namespace: string): Manifest {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: webhookName, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: webhookName },
    subjects: [{ kind: 'ServiceAccount', name: webhookName, namespace }],
  }
}

export function clusterRoleManifest(mode: CertificateMode): Manifest {
  const requestRules = [
    {
      apiGroups: ['certificates.k8s.io'],
      resources: ['certificatesigningrequests'],
      verbs: ['create', 'get', 'list', 'watch'],
    },
  ]
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: webhookName },
    rules: [
      { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'list', 'watch'] },
      ...(mode === 'csr' ? requestRules : []),
    ],
  }
}

export function clusterRoleBindingManifest(namespace: string): Manifest {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: webhookName },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: webhookName },
    subjects: [{ kind: 'ServiceAccount', name: webhookName, namespace }],
  }
}

export function serviceManifest(namespace: string, name = webhookName): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }], selector: selectorOf(name) },
  }
}

/** `apiVersion`: policy/v1 from Kubernetes 1.21 on, policy/v1beta1 before. */
export function disruptionBudgetManifest(namespace: string, apiVersion: string): Manifest {
  return {
    apiVersion,
    kind: 'PodDisruptionBudget',
    metadata: { name: webhookName, namespace },
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorOf(webhookName) } },
  }
}

/** `certificate`, `key` and `authority` are PEM. */
export function certificateSecretManifest(
  namespace: string,
  pem: { readonly certificate: string; readonly key: string; readonly authority: string },
  name = webhookName,
): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretNameOf(name), namespace },
    type: 'kubernetes.io/tls',
    data: {
      'tls.crt': base64(pem.certificate),
      'tls.key': base64(pem.key),
      'ca.crt': base64(pem.authority),
    },
  }
}

/**
 * The Deployment. No priority class: clusters that follow GKE allow system-cluster-critical in kube-system only, by quota.
 */
export function deploymentManifest(parts: DeploymentParts): Manifest {
  const { name = webhookName } = parts
  const selector = selectorOf(name)
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: parts.namespace, labels: selector },
    spec: {
      replicas: parts.replicas,
      selector: { matchLabels: selector },
      // A new pod is ready before an old one goes: no moment without a webhook.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: {
          labels: { ...selector, [skipLabel]: 'true' },
          ...(parts.certificateDigest !== undefined && {
            annotations: { [certificateAnnotation]: parts.certificateDigest },
          }),
        },
        spec: podSpec(parts, name),
      },
    },
  }
}

/** The digest of the certificate that a Deployment rolls its pods onto; undefined in csr mode. */
export function digestIn(deployment: {
  readonly spec?: { readonly template: { readonly metadata?: { readonly annotations?: Record<string, string> } } }
}): string | undefined {
  return deployment.spec?.template.metadata?.annotations?.[certificateAnnotation]
}

function podSpec(parts: DeploymentParts, name: string): Record<string, unknown> {
  const certificates = { name: 'serving-certificate', mountPath: certificateDirectory, readOnly: true }
  return {
    serviceAccountName: webhookName,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((key) =>
      spreadOver(key, name),
    ),
    containers: [
      {
        name: webhookName,
        image: parts.image,
        imagePullPolicy: 'IfNotPresent',
        command: ['/webhook', ...flags(parts)],
        ports: [{ name: 'https', containerPort: port, protocol: 'TCP' }],
        // A TCP probe is all that fits: /healthz moved from HTTP on 9999 to HTTPS on the serving port in v0.5.6.
        // The port opens before the cache of accounts is filled (`go c.start(stop)` in the webhook's pkg/cache/cache.go), and
        // until it is, pods pass without their role and without a word: it gets time to fill.
        readinessProbe: { tcpSocket: { port }, initialDelaySeconds: 5, periodSeconds: 5 },
        livenessProbe: { tcpSocket: { port }, periodSeconds: 20 },
        // Memory grows with the service accounts of the cluster, all of which it caches. No CPU limit: throttling would
        // delay every pod that is created.
        resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '256Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        ...(parts.mode === 'own-ca' && { volumeMounts: [certificates] }),
      },
    ],
    ...(parts.mode === 'own-ca' && {
      volumes: [{ name: certificates.name, secret: { secretName: secretNameOf(name), defaultMode: 0o440 } }],
    }),
  }
}

/** A preference: on a cluster of one node or zone both replicas still run. */
function spreadOver(topologyKey: string, name: string): Record<string, unknown> {
  return {
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorOf(name) },
  }
}

/** Every image from v0.2.0 to v0.6.17 knows these. `--logtostderr` keeps klog from writing files. */
function flags({ namespace, mode, region }: DeploymentParts): readonly string[] {
  const certificate =
    mode === 'csr'
      ? ['--in-cluster=true', `--service-name=${webhookName}`, `--tls-secret=${requestedSecretName}`]
      : [
          '--in-cluster=false',
          `--tls-cert=${certificateDirectory}/tls.crt`,
          `--tls-key=${certificateDirectory}/tls.key`,
        ]
  return [
    ...certificate,
    `--namespace=${namespace}`,
    `--port=${port}`,
    '--annotation-prefix=eks.amazonaws.com',
    '--token-audience=sts.amazonaws.com',
    '--sts-regional-endpoint=true',
    `--aws-default-region=${region}`,
    '--logtostderr',
  ]
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
