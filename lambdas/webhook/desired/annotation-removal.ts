import type { WorkloadRef } from '../../ownership/ownership.ts'
import { roleAnnotation } from './canary.ts'

/** How to give up a role that somebody else set. A setup sets the annotation only where there is none. */
export function annotationRemoval({ namespace, serviceAccount }: WorkloadRef): string {
  const command = `kubectl annotate serviceaccount -n ${namespace} ${serviceAccount} ${roleAnnotation}-`
  return `Remove the annotation where it was set (${command}), because a setup does not overwrite it`
}
