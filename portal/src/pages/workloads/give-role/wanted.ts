import { ProblemError } from '../../../../../client/answer.ts'

/** The fields of the short form. */
const fields = ['cluster', 'namespace', 'serviceAccount', 'policyArn'] as const

export type Field = (typeof fields)[number]
export type Wanted = Readonly<Record<Field, string>>

export const nothing: Wanted = { cluster: '', namespace: '', serviceAccount: '', policyArn: '' }

/** The form field for each path in the API's faults. */
const fieldOfPath: Readonly<Record<string, Field>> = {
  namespace: 'namespace',
  serviceAccount: 'serviceAccount',
  'role.policyArns[0]': 'policyArn',
}

/** The first field of the form with a fault. */
export function firstFault(wanted: Wanted, error: Error | null): Field | undefined {
  return fields.find((field) => wanted[field] === '') ?? fields.find((field) => faultOf(error, field) !== undefined)
}

/** The API's fault for a field. */
export function faultOf(error: Error | null, field: Field): string | undefined {
  return issuesOf(error).find(({ path }) => fieldOfPath[path] === field)?.message
}

/** Whether the error is more than faults of the form's fields. */
export function hasFaultOutsideFields(error: Error): boolean {
  const issues = issuesOf(error)
  return issues.length === 0 || issues.some(({ path }) => fieldOfPath[path] === undefined)
}

function issuesOf(error: Error | null) {
  return error instanceof ProblemError ? (error.problem.issues ?? []) : []
}
