/** The message about an operation whose workflow could not send it. It has the form of the workflow's own message. */
import type { OperationKind } from './kinds.ts'
import { clustersOf } from './operation-end.ts'
import type { OperationItem } from './record.ts'

/** The subject of a failure, by kind. `<cluster>` stands for the name of the cluster, as in the files of statemachine/. */
export type FailedSubjects = Readonly<Record<OperationKind, string>>

/** Subject and text for SNS. The text is JSON with the operation's id, cluster, status and error. */
export function endMessage(
  { operationId, kind, cluster, status, error }: OperationItem,
  failed: FailedSubjects,
): { readonly subject: string; readonly text: string } {
  const what = status === 'cancelled' ? `${clustersOf(cluster)}: the ${kind} was cancelled` : failed[kind]
  const subject = `Workload identity: ${what.replace('<cluster>', cluster ?? '')}`
  return { subject, text: JSON.stringify({ operationId, cluster, status, error }) }
}
