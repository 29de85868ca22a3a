/** The message about the end of an operation, for the subscribers of the topic. */

import { itemOf } from '../../ownership/ownership.ts'
import { clustersOf } from '../reconcile/operation-end.ts'
import type { OperationKind } from '../record/kinds.ts'
import type { OperationItem } from '../record/record.ts'

/** `<cluster>` stands for the name of the cluster. */
const failed: Readonly<Record<OperationKind, string>> = {
  setup: '<cluster> failed',
  verification: '<cluster> is not verified',
  plan: '<cluster> was not compared',
  drift: '<cluster> was not compared',
  rotation: 'the rotation has failed',
  'key-refresh': '<cluster>: the change of its signing keys has failed',
  'key-revocation': '<cluster>: the change of its signing keys has failed',
  teardown: '<cluster> is not completely removed',
}

export interface EndMessage {
  readonly subject: string
  /** JSON with the operation's id, cluster, status and error, or with the findings of a scheduled drift. */
  readonly text: string
  /** Message attributes, by which subscribers filter. */
  readonly attributes: Readonly<Record<string, string>>
}

/**
 * The message; undefined when subscribers get no notification. A success is notified only for a setup, or for a
 * scheduled drift with findings. The end of an operation that waited is not notified, because the end of the operation
 * that applied its spec is.
 */
export function endMessage(operation: OperationItem): EndMessage | undefined {
  const { operationId, cluster, status, error, found, waits } = operation
  const subject = waits ? undefined : subjectOf(operation)
  if (subject === undefined) return undefined
  const severity = found && { severity: found.severity }
  return {
    subject: `Workload identity: ${subject.replace('<cluster>', cluster ?? '')}`,
    text: JSON.stringify({ operationId, cluster, status, ...severity, found, error }),
    attributes: { ...severity },
  }
}

function subjectOf({ kind, cluster, status, found, workload }: OperationItem): string | undefined {
  if (status === 'failed')
    return workload ? `${itemOf(workload)} is not completely removed from <cluster>` : failed[kind]
  const what = workload ? `removal of ${itemOf(workload)}` : kind
  if (status === 'cancelled') return `${clustersOf(cluster)}: the ${what} was cancelled`
  if (found) return `${found.severity} drift in <cluster>`
  return kind === 'setup' ? '<cluster> is set up' : undefined
}
