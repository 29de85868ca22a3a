import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import {
  clusterRoleManifest,
  type DeploymentParts,
  deploymentManifest,
  disruptionBudgetManifest,
  namespaceManifest,
  roleManifest,
  serviceManifest,
} from '../../../../lambdas/webhook/desired/manifest.ts'

const namespace = 'workload-identity-webhook'
const parts: DeploymentParts = {
  namespace,
  mode: 'own-ca',
  image: 'a/b:v0.6.17',
  replicas: 2,
  region: 'eu-west-1',
  kubernetesMinor: 33,
}

const deploymentSchema = z.object({
  spec: z.object({
    selector: z.unknown(),
    replicas: z.number(),
    strategy: z.unknown(),
    template: z.object({
      metadata: z.object({
        labels: z.record(z.string(), z.string()),
        annotations: z.optional(z.record(z.string(), z.string())),
      }),
      spec: z.object({
        serviceAccountName: z.string(),
        securityContext: z.unknown(),
        topologySpreadConstraints: z.array(z.object({ topologyKey: z.string(), whenUnsatisfiable: z.string() })),
        volumes: z.optional(z.unknown()),
        priorityClassName: z.optional(z.string()),
        containers: z.tuple([
          z.object({
            command: z.array(z.string()),
            securityContext: z.unknown(),
            readinessProbe: z.unknown(),
            lifecycle: z.optional(z.unknown()),
            resources: z.unknown(),
            ports: z.tuple([z.object({ containerPort: z.number() })]),
            volumeMounts: z.optional(z.unknown()),
          }),
        ]),
      }),
    }),
  }),
})

function deployment(changes: Partial<DeploymentParts> = {}) {
  const { spec } = deploymentSchema.parse(deploymentManifest({ ...parts, ...changes }))
  const pod = spec.template.spec
  return { spec, template: spec.template, pod, container: pod.containers[0] }
}

describe('the Deployment', () => {
  it('keeps the documented selector, so that one made by hand can be taken over', () => {
    const { spec, template } = deployment()
    expect(spec.selector).toEqual({ matchLabels: { app: 'pod-identity-webhook' } })
    expect(template.metadata.labels).toMatchObject({ app: 'pod-identity-webhook' })
  })

  it('runs two replicas that spread, and replaces one only when another is ready', () => {
    const { spec, pod } = deployment()
    expect(spec.replicas).toBe(2)
    expect(spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } })
    expect(pod.topologySpreadConstraints).toMatchObject([
      { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
      { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
    ])
  })

  it('ends a replica ten seconds after its deletion, from the first version of Kubernetes that can on', () => {
    const lifecycle = { preStop: { sleep: { seconds: 10 } } }
    expect(deployment({ kubernetesMinor: 30 }).container.lifecycle).toEqual(lifecycle)
    expect(deployment({ kubernetesMinor: 29 }).container.lifecycle).toBeUndefined()
  })

  it('has the least rights that a process can have, and so no port below 1024', () => {
    const { pod, container } = deployment()
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    const { containerPort } = container.ports[0]
    expect(containerPort).toBeGreaterThanOrEqual(1024)
    expect(container.command).toContain(`--port=${containerPort}`)
    expect(container.readinessProbe).toMatchObject({ tcpSocket: { port: containerPort }, initialDelaySeconds: 5 })
    expect(serviceManifest(namespace).spec).toMatchObject({ ports: [{ port: 443, targetPort: containerPort }] })
  })

  it('is ready in csr mode when it has its certificate: without one it listens, and no handshake succeeds', () => {
    const { container } = deployment({ mode: 'csr', image: 'a/b:v0.3.0' })
    const [{ containerPort }] = container.ports
    const httpHeaders = [{ name: 'Content-Type', value: 'application/json' }]
    const httpGet = { path: '/mutate', port: containerPort, scheme: 'HTTPS', httpHeaders }
    expect(container.readinessProbe).toEqual({ httpGet, initialDelaySeconds: 5, periodSeconds: 5 })
  })

  it('asks the cluster for a certificate in csr mode only', () => {
    const { container, pod } = deployment({ mode: 'csr', image: 'a/b:v0.3.0' })
    expect(container.command).toEqual(
      expect.arrayContaining([
        '--in-cluster=true',
        '--service-name=pod-identity-webhook',
        '--tls-secret=pod-identity-webhook',
      ]),
    )
    expect(container.volumeMounts).toBeUndefined()
    expect(pod.volumes).toBeUndefined()
  })

  it('serves by the certificate of its Secret in own-ca mode', () => {
    const { container, pod } = deployment()
    expect(container.command).toEqual(
      expect.arrayContaining(['--in-cluster=false', '--tls-cert=/etc/webhook/certs/tls.crt']),
    )
    expect(container.volumeMounts).toMatchObject([{ mountPath: '/etc/webhook/certs', readOnly: true }])
    expect(pod.volumes).toMatchObject([{ secret: { secretName: 'pod-identity-webhook-tls' } }])
  })

  it.each(['own-ca', 'csr'] as const)('gives pods regional endpoints and the region by flags (%s)', (mode) => {
    expect(deployment({ mode }).container.command).toEqual(
      expect.arrayContaining(['--sts-regional-endpoint=true', '--aws-default-region=eu-west-1']),
    )
  })

  it('rolls its pods when the certificate changes, and only then', () => {
    const annotations = (certificateDigest: string) => deployment({ certificateDigest }).template.metadata.annotations
    expect(annotations('a')).toEqual(annotations('a'))
    expect(annotations('a')).not.toEqual(annotations('b'))
    expect(deployment().template.metadata.annotations).toBeUndefined()
  })

  it('asks for no priority that clusters allow in kube-system only', () => {
    expect(deployment().pod.priorityClassName).toBeUndefined()
  })
})

describe('the rights of the account', () => {
  const accountsOnly = [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'list', 'watch'] }]

  it('are to read service accounts and nothing else in own-ca mode', () => {
    expect(clusterRoleManifest('own-ca').rules).toEqual(accountsOnly)
    expect(roleManifest(namespace, 'own-ca').rules).toEqual([])
  })

  it('are in csr mode to make requests too, and to keep its one Secret', () => {
    expect(clusterRoleManifest('csr').rules).toEqual([
      ...accountsOnly,
      {
        apiGroups: ['certificates.k8s.io'],
        resources: ['certificatesigningrequests'],
        verbs: ['create', 'get', 'list', 'watch'],
      },
    ])
    expect(roleManifest(namespace, 'csr').rules).toEqual([
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
      {
        apiGroups: [''],
        resources: ['secrets'],
        verbs: ['get', 'update', 'patch'],
        resourceNames: ['pod-identity-webhook'],
      },
    ])
  })
})

it('the namespace carries the label by which webhooks leave it out, which 1.20 does not set itself', () => {
  expect(namespaceManifest(namespace).metadata.labels).toEqual({ 'kubernetes.io/metadata.name': namespace })
})

it('the disruption budget is of the version that the server has, and lets one pod go at a time', () => {
  expect(disruptionBudgetManifest(namespace, 'policy/v1beta1')).toMatchObject({
    apiVersion: 'policy/v1beta1',
    spec: { maxUnavailable: 1 },
  })
})
