import { stsAudience } from '../clouds/aws/iam-names.ts'
import type { WorkloadRef } from '../ownership/ownership.ts'
import { tokenDirectory, tokenVolume } from '../webhook/desired/token-mount.ts'

export interface ManifestOptions {
  readonly kind: 'Pod' | 'Deployment' | 'patch'
  /** Whether the cluster has a webhook, which then writes the environment variables, the volume and its mount. */
  readonly webhook: boolean
  /** Name of the pod or the Deployment. */
  readonly name: string
  readonly container: string
  readonly image: string
  /** A command for the shell of the image. The default is the image's own command. */
  readonly command?: string | undefined
}

export interface ManifestWorkload extends WorkloadRef {
  readonly roleArn: string
  /** Region of the STS endpoint that the pods call. */
  readonly region: string
}

/** The lifetime of the token in seconds. The webhook writes the same lifetime. */
const tokenSeconds = 86_400

export function workloadManifest(
  workload: ManifestWorkload,
  options: ManifestOptions,
): Readonly<Record<string, unknown>> {
  const metadata = { name: options.name, namespace: workload.namespace }
  if (options.kind === 'Pod') return { apiVersion: 'v1', kind: 'Pod', metadata, spec: podSpec(workload, options) }
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata }
  if (options.kind === 'patch') return { ...deployment, spec: { template: { spec: podPatch(workload, options) } } }
  const labels = { 'app.kubernetes.io/name': options.name }
  const template = { metadata: { labels }, spec: podSpec(workload, options) }
  return { ...deployment, spec: { replicas: 1, selector: { matchLabels: labels }, template } }
}

function podSpec(workload: ManifestWorkload, { container, image, command, webhook }: ManifestOptions) {
  return {
    serviceAccountName: workload.serviceAccount,
    containers: [
      {
        name: container,
        image,
        ...(command !== undefined && { command: ['/bin/sh', '-ec', command] }),
        ...(!webhook && containerParts(workload)),
      },
    ],
    ...(!webhook && { volumes: [volume()] }),
  }
}

/** Kubernetes merges the lists by name, so the other parts of the Deployment stay. */
function podPatch(workload: ManifestWorkload, { container, webhook }: ManifestOptions) {
  return {
    serviceAccountName: workload.serviceAccount,
    ...(!webhook && { containers: [{ name: container, ...containerParts(workload) }], volumes: [volume()] }),
  }
}

function containerParts({ roleArn, region }: ManifestWorkload) {
  return {
    env: [
      { name: 'AWS_ROLE_ARN', value: roleArn },
      { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: `${tokenDirectory}/token` },
      { name: 'AWS_STS_REGIONAL_ENDPOINTS', value: 'regional' },
      { name: 'AWS_DEFAULT_REGION', value: region },
      { name: 'AWS_REGION', value: region },
    ],
    volumeMounts: [{ name: tokenVolume, mountPath: tokenDirectory, readOnly: true }],
  }
}

function volume() {
  const serviceAccountToken = { audience: stsAudience, expirationSeconds: tokenSeconds, path: 'token' }
  return { name: tokenVolume, projected: { sources: [{ serviceAccountToken }] } }
}
