/** Which pods run without the role that their account names. */

import { roleAnnotation } from '../webhook/desired/canary.ts'
import { skipLabel } from '../webhook/desired/selectors.ts'
import type { Account } from '../webhook/observed/served-accounts.ts'
import { accountOf, isRunning, type ObservedPod } from './pods.ts'

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
  const { metadata, spec } = pod
  if (!isRunning(pod) || !roles.has(accountOf(pod)) || metadata?.labels?.[skipLabel] !== undefined) return false
  return !spec?.containers.some(({ env }) => env?.some(({ name }) => name === 'AWS_ROLE_ARN'))
}

const restartable = ['Deployment', 'StatefulSet', 'DaemonSet']

/**
 * Whether a change of its pod template replaces all of its pods. Other controllers, such as a Job, do not replace
 * theirs.
 */
export function canRestart({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  return apiVersion === 'apps/v1' && restartable.includes(kind)
}
