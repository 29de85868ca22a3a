/** The namespace and the account of `wid rights`. Its test compares them with lambdas/ownership/setup-account.ts. */
export const agentNamespace = 'workload-identity-setup'
export const agentAccount = 'workload-identity'

export const agentName = 'workload-identity-agent'
const metadata = { name: agentName, namespace: agentNamespace, labels: { 'app.kubernetes.io/name': agentName } }
const port = 8080
const folders = { token: '/var/run/secrets/workload-identity', code: '/var/run/secrets/enrolment' }

export interface AgentOptions {
  /** URL of the API, without a path. */
  readonly apiUrl: string
  readonly cluster: string
  readonly image: string
  readonly enrolment: { readonly code: string; readonly audience: string }
}

/** The objects of the agent, for `kubectl apply`. "wid rights" prints its namespace, its account and its rights. */
export function agentManifests({ apiUrl, cluster, image, enrolment }: AgentOptions): readonly object[] {
  return [
    { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { code: enrolment.code } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: metadata.labels },
        template: {
          metadata: { labels: metadata.labels },
          spec: {
            serviceAccountName: agentAccount,
            securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [container({ apiUrl, cluster, image })],
            volumes: volumes(enrolment.audience),
          },
        },
      },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata,
      // The agent opens all connections. Only probes and metrics come in.
      spec: {
        podSelector: { matchLabels: metadata.labels },
        policyTypes: ['Ingress'],
        ingress: [{ ports: [{ port }] }],
      },
    },
  ]
}

function container({ apiUrl, cluster, image }: Omit<AgentOptions, 'enrolment'>) {
  return {
    name: 'agent',
    image,
    env: [
      { name: 'API_URL', value: apiUrl },
      { name: 'CLUSTER', value: cluster },
      { name: 'TOKEN_FILE', value: `${folders.token}/token` },
      { name: 'CODE_FILE', value: `${folders.code}/code` },
    ],
    ports: [{ name: 'http', containerPort: port }],
    livenessProbe: { httpGet: { path: '/healthz', port }, periodSeconds: 30 },
    readinessProbe: { httpGet: { path: '/readyz', port }, periodSeconds: 10 },
    // 105 MB after thousands of requests, and up to 280 MB for several answers of 16 MiB at once.
    resources: { requests: { cpu: '20m', memory: '120Mi' }, limits: { memory: '320Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'token', mountPath: folders.token, readOnly: true },
      { name: 'code', mountPath: folders.code, readOnly: true },
    ],
  }
}

/** The kubelet renews the token, which is valid for an hour and only for the API. */
function volumes(audience: string) {
  const serviceAccountToken = { audience, expirationSeconds: 3600, path: 'token' }
  return [
    { name: 'token', projected: { sources: [{ serviceAccountToken }] } },
    { name: 'code', secret: { secretName: agentName, optional: true } },
  ]
}
