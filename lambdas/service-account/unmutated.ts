/** Which pods run without the role that their account names. */

import * as z from 'zod/mini'
import { roleAnnotation } from '../webhook/desired/canary.ts'
import { skipLabel } from '../webhook/desired/selectors.ts'
import type { Account } from '../webhook/observed/served-accounts.ts'

/** Pods of one account under one controller that run without their role. */
export const unmutatedPods = z.object({
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

export type UnmutatedPods = z.output<typeof unmutatedPods>

export interface ObservedPod {
  readonly metadata?: {
    readonly name?: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly deletionTimestamp?: Date
    readonly ownerReferences?: readonly OwnerReference[]
  }
  readonly spec?: {
    readonly serviceAccountName?: string
    readonly containers: readonly { readonly env?: readonly { readonly name: string }[] }[]
  }
  readonly status?: { readonly phase?: string }
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly controller?: boolean
}

/** The role that each account names, by `namespace/account`. */
export type Roles = ReadonlyMap<string, string>

/**
 * The roles of all accounts whose pods are sent to the webhook. Pods of kube-system and of the webhook's own namespace
 * are not sent.
 */
export function rolesOf(accounts: readonly Account[], webhookNamespace: string): Roles {
  const roles = accounts.flatMap(({ metadata }): [string, string][] => {
    const { namespace = '', name = '', annotations } = metadata ?? {}
    const role = annotations?.[roleAnnotation]
    const isServed = namespace !== webhookNamespace && namespace !== 'kube-system'
    return role !== undefined && role !== '' && isServed ? [[`${namespace}/${name}`, role]] : []
  })
  return new Map(roles)
}

/**
 * Whether the pod was made while no webhook served it. Then no container has the role's environment variable, neither
 * from the webhook nor written by hand. Pods that have ended, are ending or have opted out do not count.
 */
export function isUnmutated(pod: ObservedPod, roles: Roles): boolean {
  const { metadata, spec, status } = pod
  const hasEnded =
    status?.phase === 'Succeeded' || status?.phase === 'Failed' || metadata?.deletionTimestamp !== undefined
  if (hasEnded || !roles.has(accountOf(pod)) || metadata?.labels?.[skipLabel] !== undefined) return false
  return !spec?.containers.some(({ env }) => env?.some(({ name }) => name === 'AWS_ROLE_ARN'))
}

/** `namespace/account` */
export function accountOf({ metadata, spec }: ObservedPod): string {
  return `${metadata?.namespace ?? ''}/${spec?.serviceAccountName ?? 'default'}`
}

/** The controller that keeps the pod alive and replaces it; undefined for a pod that somebody made alone. */
export function controllerOf(metadata: ObservedPod['metadata']): OwnerReference | undefined {
  return metadata?.ownerReferences?.find(({ controller }) => controller === true)
}

const restartable = ['Deployment', 'StatefulSet', 'DaemonSet']

/**
 * Whether a change of its pod template replaces all of its pods. Other controllers, such as a Job, do not replace
 * theirs.
 */
export function canRestart({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  return apiVersion === 'apps/v1' && restartable.includes(kind)
}
