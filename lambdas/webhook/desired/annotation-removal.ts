import type { WorkloadRef } from '../../ownership/ownership.ts'
import { roleAnnotation } from './canary.ts'

/** How to remove a role annotation of another owner. A setup sets the annotation only on accounts without one. */
export function annotationRemoval({ namespace, serviceAccount }: WorkloadRef): string {
  const command = `kubectl annotate serviceaccount -n ${namespace} ${serviceAccount} ${roleAnnotation}-`
  return `Remove the annotation where it was set (${command}), because a setup does not overwrite it`
}
