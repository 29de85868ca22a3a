import { stsAudience } from '../clouds/aws/iam-names.ts'
import type { WorkloadRef } from '../ownership/ownership.ts'
import { tokenDirectory, tokenVolume } from '../webhook/desired/token-mount.ts'

export interface ManifestAsked {
  readonly kind: 'Pod' | 'Deployment' | 'patch'
  /** Whether the cluster has a webhook that writes the rest. */
  readonly webhook: boolean
  /** Of the pod or the Deployment. */
  readonly name: string
  readonly container: string
  readonly image: string
  /** Run by the image's own shell; the image's own command when left out. */
  readonly command?: string | undefined
}

export interface ManifestWorkload extends WorkloadRef {
  readonly roleArn: string
  /** Where STS is called. */
  readonly region: string
}

/** Seconds: what the webhook writes, too. */
const tokenSeconds = 86_400

export function workloadManifest(workload: ManifestWorkload, asked: ManifestAsked): Readonly<Record<string, unknown>> {
  const metadata = { name: asked.name, namespace: workload.namespace }
  if (asked.kind === 'Pod') return { apiVersion: 'v1', kind: 'Pod', metadata, spec: podSpec(workload, asked) }
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata }
  if (asked.kind === 'patch') return { ...deployment, spec: { template: { spec: podPatch(workload, asked) } } }
  const labels = { 'app.kubernetes.io/name': asked.name }
  const template = { metadata: { labels }, spec: podSpec(workload, asked) }
  return { ...deployment, spec: { replicas: 1, selector: { matchLabels: labels }, template } }
}

function podSpec(workload: ManifestWorkload, { container, image, command, webhook }: ManifestAsked) {
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

/** Lists are merged by name: what else the Deployment has stays. */
function podPatch(workload: ManifestWorkload, { container, webhook }: ManifestAsked) {
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
