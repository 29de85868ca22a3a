import type { WorkloadRef } from '../../ownership/ownership.ts'
import { roleAnnotation } from '../desired/canary.ts'

/** The fields of a ServiceAccount that this module reads. */
export interface ServiceAccount {
  readonly metadata?: {
    readonly name?: string
    readonly namespace?: string
    readonly creationTimestamp?: Date
    readonly annotations?: Readonly<Record<string, string>>
  }
}

export interface ServedAccount extends WorkloadRef {
  readonly roleArn: string
  readonly createdAt: number
}

/**
 * The oldest annotated service account whose pods the configuration sends to the webhook. The configuration excludes
 * kube-system and the webhook's own namespace.
 */
export function oldestServed(accounts: readonly ServiceAccount[], webhookNamespace: string): ServedAccount | undefined {
  return accounts
    .flatMap(served)
    .filter(({ namespace }) => namespace !== webhookNamespace && namespace !== 'kube-system')
    .toSorted((a, b) => a.createdAt - b.createdAt)[0]
}

function served({ metadata }: ServiceAccount): readonly ServedAccount[] {
  const { name, namespace, creationTimestamp, annotations } = metadata ?? {}
  const roleArn = annotations?.[roleAnnotation]
  if (name === undefined || namespace === undefined || roleArn === undefined) return []
  return [{ namespace, serviceAccount: name, roleArn, createdAt: creationTimestamp?.getTime() ?? 0 }]
}
