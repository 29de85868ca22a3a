/** The message about the end of an operation, for the subscribers of the topic. */

import { itemOf } from '../../ownership/ownership.ts'
import { clustersOf } from '../reconcile/operation-end.ts'
import type { OperationKind } from '../record/kinds.ts'
import type { OperationItem } from '../record/record.ts'

/** The subjects for failed operations. The name of the cluster replaces `<cluster>`. */
const failed: Readonly<Record<OperationKind, string>> = {
  setup: '<cluster>: the setup has failed',
  verification: '<cluster> is not verified',
  plan: '<cluster>: the plan has failed',
  drift: '<cluster>: the drift report has failed',
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
 * Returns the message, or undefined if subscribers get none. There is a message for each failed or cancelled operation,
 * for each successful setup, and for each scheduled drift with findings. There is none for an operation that waited for
 * its cluster and never ran: subscribers get the message about the operation that applied its spec.
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
