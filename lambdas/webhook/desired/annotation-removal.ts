import type { WorkloadRef } from '../../ownership/ownership.ts'
import { roleAnnotation } from './canary.ts'

/** Advice to remove a role annotation that another owner has set. */
export function annotationRemoval({ namespace, serviceAccount }: WorkloadRef): string {
  const command = `kubectl annotate serviceaccount -n ${namespace} ${serviceAccount} ${roleAnnotation}-`
  return `Remove the annotation where it was set (${command}), because a setup does not overwrite it`
}
