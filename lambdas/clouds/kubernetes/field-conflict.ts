import { FieldConflict } from '../../errors/step-errors.ts'
import type { ApiStatus } from './api-status.ts'
import { managedByLabel } from './object.ts'
import { filteredField, filteredManager, shortenedList } from './shown.ts'

/** One field that another field manager owns. Names that may not be displayed are replaced. */
export interface Conflict {
  /** For example `.spec.replicas`. */
  readonly field: string
  readonly manager: string
}

/**
 * The field managers of kubectl's commands. `before-first-apply` owns the fields that were written before the object's
 * first server-side apply
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/#upgrading-from-client-side-apply).
 */
const kubectlManager = /^(kubectl(-[a-z-]+)?|before-first-apply)$/

/** Returns the conflicts that a 409 of a server-side apply lists. For any other 409, the list is empty. */
export function conflictsOf(status: ApiStatus | undefined): Conflict[] {
  const causes = status?.details?.causes ?? []
  return causes
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map(({ field, message = '' }) => ({
      field: filteredField(field),
      manager: filteredManager(/^conflict with "([^"]+)"/.exec(message)?.[1]),
    }))
}

/** Whether kubectl owns all conflicting fields. Only then may an adoption force its apply. */
export function isOnlyKubectl(conflicts: readonly Conflict[]): boolean {
  return conflicts.length > 0 && conflicts.every(({ manager }) => kubectlManager.test(manager))
}

export function fieldConflict(object: string, conflicts: readonly Conflict[]): FieldConflict {
  const fields = shortenedList(conflicts.map(({ field, manager }) => `${field} (${manager})`))
  return new FieldConflict({
    object,
    reason: `another field manager owns the fields that would be set: ${fields}`,
    action: adviceOn(conflicts),
  })
}

function adviceOn(conflicts: readonly Conflict[]): string {
  if (conflicts.some(({ field }) => field === `.metadata.labels.${managedByLabel}`)) {
    return 'Two tools cannot manage one object: configure the other tool to leave it out (a Helm chart: serviceAccount.create false), or choose another name'
  }
  if (isOnlyKubectl(conflicts)) {
    return 'Send the request with adopt: true to overwrite what somebody changed with kubectl, or change the request to the current values'
  }
  return 'Configure that manager to leave these fields out, or to set them to the requested values'
}
