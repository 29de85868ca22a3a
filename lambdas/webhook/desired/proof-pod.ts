import { stsAudience } from '../../clouds/aws/iam-names.ts'
import { NotYetConsistent } from '../../errors/step-errors.ts'
import type { WorkloadRef } from '../../ownership/ownership.ts'
import { tokenDirectory, tokenSeconds, tokenVolume } from './token-mount.ts'

/** Name of the checked container in the dry-run pod. */
const container = 'proof'

/**
 * A pod of the account for a server-side dry run. It requests few resources and meets the strictest Pod Security
 * Standard, so that only the webhook affects it.
 */
export function proofPod(workload: WorkloadRef) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'workload-identity-proof-', namespace: workload.namespace },
    spec: {
      serviceAccountName: workload.serviceAccount,
      restartPolicy: 'Never',
      securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: container,
          image: 'registry.k8s.io/pause:3.10',
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '10m', memory: '16Mi' } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  } as const
}

/** The fields of a pod that the webhook writes. */
export interface PodLike {
  readonly spec?: {
    readonly containers: readonly ContainerLike[]
    readonly volumes?: readonly VolumeLike[] | undefined
  }
}

interface ContainerLike {
  readonly name: string
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[]
}

interface VolumeLike {
  readonly name: string
  readonly projected?: { readonly sources?: readonly { readonly serviceAccountToken?: TokenProjection }[] }
}

interface TokenProjection {
  readonly audience?: string
  readonly expirationSeconds?: number
  readonly path: string
}

/**
 * Requires that the webhook mutated the pod. The webhook learns of a new account only after some seconds.
 *
 * @throws {NotYetConsistent} when the pod lacks anything that the webhook adds; the error names each part
 */
export function requireMutated(pod: PodLike, workload: WorkloadRef, roleArn: string): void {
  const missing = missingFromPod(pod, roleArn)
  if (missing.length === 0) return
  throw new NotYetConsistent({
    object: `ServiceAccount ${workload.namespace}/${workload.serviceAccount}`,
    reason: `the API server makes its pods without ${missing.join(', ')}`,
    action:
      "The webhook takes some seconds to learn of a new account. If the error remains, check that the webhook's pods run and that its MutatingWebhookConfiguration covers the namespace",
  })
}

/** The parts that the webhook should have added to a pod of the account but did not. */
export function missingFromPod(pod: PodLike, roleArn: string): string[] {
  const own = pod.spec?.containers.find(({ name }) => name === container)
  const present: Record<string, boolean> = {
    [`environment variable AWS_ROLE_ARN=${roleArn}`]: hasVariable(own, 'AWS_ROLE_ARN', roleArn),
    [`environment variable AWS_WEB_IDENTITY_TOKEN_FILE=${tokenDirectory}/token`]: hasVariable(
      own,
      'AWS_WEB_IDENTITY_TOKEN_FILE',
      `${tokenDirectory}/token`,
    ),
    [`read-only mount of ${tokenVolume} at ${tokenDirectory}`]: hasMount(own),
    [`volume ${tokenVolume} with a token for ${stsAudience}`]: hasTokenVolume(pod),
  }
  return Object.keys(present).filter((part) => !present[part])
}

function hasVariable(own: ContainerLike | undefined, name: string, value: string): boolean {
  return own?.env?.some((variable) => variable.name === name && variable.value === value) ?? false
}

function hasMount(own: ContainerLike | undefined): boolean {
  const fits = (mount: { name: string; mountPath: string; readOnly?: boolean }) =>
    mount.name === tokenVolume && mount.mountPath === tokenDirectory && mount.readOnly === true
  return own?.volumeMounts?.some(fits) ?? false
}

function hasTokenVolume(pod: PodLike): boolean {
  const volume = pod.spec?.volumes?.find(({ name }) => name === tokenVolume)
  return (
    volume?.projected?.sources?.some(
      ({ serviceAccountToken: token }) =>
        token?.audience === stsAudience && token.path === 'token' && (token.expirationSeconds ?? 0) >= tokenSeconds,
    ) ?? false
  )
}
