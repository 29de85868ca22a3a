/**
 * The documented manifest of the webhook with improvements: two replicas that spread and survive a drain, least
 * privilege for the account and the process, probes, resource requests and limits. The names and the Deployment's
 * selector stay as documented, so that a manually created webhook can be adopted.
 */
import type { Manifest } from '../../clouds/kubernetes/object.ts'
import type { CertificateMode } from './choose.ts'
import type { OwnWebhook } from './installed.ts'
import { secretNameOf, signedSecretName, webhookName } from './names.ts'
import { namespaceNameLabel, skipLabel } from './selectors.ts'

export interface DeploymentParts extends OwnWebhook {
  /** Name of the Deployment and its dependent objects. The default is the webhook's own. */
  readonly name?: string
  /** The region that the webhook sets in pods as AWS_REGION and AWS_DEFAULT_REGION. */
  readonly region: string
  /** 33 for Kubernetes 1.33. */
  readonly kubernetesMinor: number
  /** Set only in own-ca mode. A new digest causes a rollout, because running pods may not reload the certificate. */
  readonly certificateDigest?: string
}

/** Not 443 as documented, because some supported versions of Kubernetes do not let a non-root user bind port 443. */
const port = 8443
/** The user "nobody". The images define no reliable user. */
const user = 65534
const selectorOf = (name: string) => ({ app: name })
/**
 * The webhook exits at the first SIGTERM, while connections still come in until every node has removed the pod's
 * endpoint. So the pod sleeps before that signal. The images have no shell, and the action `sleep` is enabled by
 * default since Kubernetes 1.30 (https://www.kubernetes.dev/resources/keps/3960/).
 */
const firstMinorWithSleep = 30
const certificateDirectory = '/etc/webhook/certs'
const certificateAnnotation = 'workload-identity/certificate'

/** The API server sets this label only since Kubernetes 1.21, so the manifest sets it for older versions. */
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

/** The account's rights in its namespace: in csr mode to store the certificate in its Secret, otherwise none. */
export function roleManifest(namespace: string, mode: CertificateMode): Manifest {
  const secretRules = [
    { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
    {
      apiGroups: [''],
      resources: ['secrets'],
      verbs: ['get', 'update', 'patch'],
      resourceNames: [signedSecretName],
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

/** @param apiVersion policy/v1 since Kubernetes 1.21, policy/v1beta1 before */
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

/** Sets no priority class, because a quota in GKE-like clusters allows system-cluster-critical only in kube-system. */
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
      // A new pod is ready before an old one ends, so that the webhook is always available.
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

/** The certificate digest in a Deployment's pod template. Undefined in csr mode. */
export function digestIn(deployment: {
  readonly spec?: { readonly template: { readonly metadata?: { readonly annotations?: Record<string, string> } } }
}): string | undefined {
  return deployment.spec?.template.metadata?.annotations?.[certificateAnnotation]
}

/**
 * Fails until the pod has loaded its requested certificate. Before that, the pod listens but each TLS handshake fails
 * (`GetCertificate` in the webhook's main.go), so a TCP probe passes too early. /mutate answers 200 to an empty body
 * with the right content type (`Handle` in pkg/handler/handler.go). It is the only usable path of this port in
 * versions that create requests: their /healthz is HTTP on another port, and does not depend on the certificate.
 */
const servesTls = {
  httpGet: {
    path: '/mutate',
    port,
    scheme: 'HTTPS',
    httpHeaders: [{ name: 'Content-Type', value: 'application/json' }],
  },
} as const

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
        // With a mounted certificate, only a TCP probe fits every version: v0.5.6 moved /healthz from HTTP on 9999 to
        // HTTPS on the serving port. The port opens before the cache of accounts is filled (`go c.start(stop)` in the
        // webhook's pkg/cache/cache.go), and until then pods silently pass without their role. The initial delay gives
        // the cache time to fill.
        readinessProbe: {
          ...(parts.mode === 'csr' ? servesTls : { tcpSocket: { port } }),
          initialDelaySeconds: 5,
          periodSeconds: 5,
        },
        livenessProbe: { tcpSocket: { port }, periodSeconds: 20 },
        ...(parts.kubernetesMinor >= firstMinorWithSleep && { lifecycle: { preStop: { sleep: { seconds: 10 } } } }),
        // The webhook caches all service accounts, so its memory grows with them. A CPU limit would delay every pod.
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

/** The spread is a preference, so that both replicas also run on a cluster of one node or zone. */
function spreadOver(topologyKey: string, name: string): Record<string, unknown> {
  return {
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorOf(name) },
  }
}

/** Every image from v0.2.0 to v0.6.17 supports these flags. `--logtostderr` prevents klog from writing files. */
function flags({ namespace, mode, region }: DeploymentParts): readonly string[] {
  const certificate =
    mode === 'csr'
      ? ['--in-cluster=true', `--service-name=${webhookName}`, `--tls-secret=${signedSecretName}`]
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
