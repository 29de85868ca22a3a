import * as z from 'zod/mini'
import { displayName, type Manifest } from '../clouds/kubernetes/object.ts'
import { filteredManager } from '../clouds/kubernetes/shown.ts'
import { FieldConflict } from '../errors/step-errors.ts'
import { manager as ourManager } from '../ownership/labels.ts'
import { annotationRemoval } from '../webhook/desired/annotation-removal.ts'

/** Annotations that the pod identity webhook reads (README of aws/amazon-eks-pod-identity-webhook). */
const annotations = {
  role: 'eks.amazonaws.com/role-arn',
  tokenExpiration: 'eks.amazonaws.com/token-expiration',
  regionalSts: 'eks.amazonaws.com/sts-regional-endpoints',
} as const

/** One day, the webhook's own default. The kubelet renews the token after 80 % of it. */
const tokenExpirationSeconds = 86_400

export interface AccountBinding {
  readonly namespace: string
  readonly name: string
  readonly roleArn: string
  /** Whether the cluster's webhook correctly supports the annotation for regional STS endpoints. */
  readonly regionalSts: boolean
}

/** The service account whose pods get the role. */
export function boundServiceAccount({ namespace, name, roleArn, regionalSts }: AccountBinding): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name,
      namespace,
      annotations: {
        [annotations.role]: roleArn,
        [annotations.tokenExpiration]: String(tokenExpirationSeconds),
        ...(regionalSts && { [annotations.regionalSts]: 'true' }),
      },
    },
  }
}

const ownership = z.object({
  metadata: z.object({
    annotations: z.optional(z.record(z.string(), z.string())),
    managedFields: z.optional(
      z.array(
        z.object({
          manager: z.optional(z.string()),
          fieldsV1: z.optional(
            z.object({
              'f:metadata': z.optional(z.object({ 'f:annotations': z.optional(z.record(z.string(), z.unknown())) })),
            }),
          ),
        }),
      ),
    ),
  }),
})

/**
 * Returns the error for an account in which another field manager has set another role. The error names the role and
 * the manager. Returns undefined if the annotation is absent or as desired.
 */
export function roleConflict(live: unknown, desired: AccountBinding): FieldConflict | undefined {
  const metadata = ownership.safeParse(live).data?.metadata
  const role = metadata?.annotations?.[annotations.role]
  if (role === undefined || role === desired.roleArn) return undefined
  // The annotation of an adopted account may have two managers. The conflict is with the other manager.
  const other = metadata?.managedFields?.find(
    ({ manager, fieldsV1 }) =>
      manager !== ourManager && `f:${annotations.role}` in (fieldsV1?.['f:metadata']?.['f:annotations'] ?? {}),
  )
  const manager = other ? filteredManager(other.manager) : 'an unknown manager'
  return new FieldConflict({
    object: displayName({ kind: 'ServiceAccount', name: desired.name, namespace: desired.namespace }),
    reason: `its annotation ${annotations.role} names ${shownRole(role)}, set by ${manager}`,
    action: `${annotationRemoval({ namespace: desired.namespace, serviceAccount: desired.name })}. Then send the setup again, or use another service account`,
  })
}

/** Makes the role in the annotation safe to display, because it may contain any text. */
function shownRole(text: string): string {
  return /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/.test(text) ? text : 'something that is no role'
}
