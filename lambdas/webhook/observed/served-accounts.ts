import type { WorkloadRef } from '../../ownership/ownership.ts'
import { roleAnnotation } from '../desired/canary.ts'

/** The fields of a ServiceAccount that this module reads. */
export interface Account {
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

/** The oldest account with a role whose pods the real configuration sends to the webhook in this namespace. */
export function oldestServed(accounts: readonly Account[], webhookNamespace: string): ServedAccount | undefined {
  return accounts
    .flatMap(served)
    .filter(({ namespace }) => namespace !== webhookNamespace && namespace !== 'kube-system')
    .toSorted((a, b) => a.createdAt - b.createdAt)[0]
}

function served({ metadata }: Account): readonly ServedAccount[] {
  const { name, namespace, creationTimestamp, annotations } = metadata ?? {}
  const roleArn = annotations?.[roleAnnotation]
  if (name === undefined || namespace === undefined || roleArn === undefined) return []
  return [{ namespace, serviceAccount: name, roleArn, createdAt: creationTimestamp?.getTime() ?? 0 }]
}
