/** The fields of a pod that this product reads, and the reports about pods. */
import * as z from 'zod/mini'

/** Pods of one account under one controller. */
export const podGroup = z.object({
  namespace: z.string(),
  serviceAccount: z.string(),
  controller: z.exactOptional(
    z
      .object({ apiVersion: z.string(), kind: z.string(), name: z.string() })
      .check(z.describe('What keeps the pods; left out for a pod that somebody made alone')),
  ),
  pods: z.array(z.string()).check(z.describe('Names, ten at most')),
  count: z.number().check(z.describe('How many there are')),
})

export type PodGroup = z.output<typeof podGroup>

export interface ObservedPod {
  readonly metadata?: {
    readonly name?: string
    readonly namespace?: string
    readonly deletionTimestamp?: Date
    readonly ownerReferences?: readonly OwnerReference[]
  }
  readonly spec?: { readonly serviceAccountName?: string }
  readonly status?: { readonly phase?: string }
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly controller?: boolean
}

/** Whether the pod has not ended and is not being deleted. */
export function isRunning({ metadata, status }: ObservedPod): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed' && metadata?.deletionTimestamp === undefined
}

/** Returns the account of the pod as `namespace/account`. */
export function accountOf({ metadata, spec }: ObservedPod): string {
  return `${metadata?.namespace ?? ''}/${spec?.serviceAccountName ?? 'default'}`
}

/** Returns the controller of the pod, or undefined for a pod without a controller. */
export function controllerOf(metadata: ObservedPod['metadata']): OwnerReference | undefined {
  return metadata?.ownerReferences?.find(({ controller }) => controller === true)
}
