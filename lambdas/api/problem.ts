import * as z from 'zod/mini'
import { declaredWorkload } from '../operations/record/record.ts'
import type { ValidationIssue } from '../spec/issue.ts'

/** Media type of all errors of the API (RFC 9457). */
export const problemMediaType = 'application/problem+json'

/** The kinds of problems, by the last part of the problem's type. Each has a fixed status and title (RFC 9457, 3.1). */
export const problemKinds = {
  'not-json': { status: 400, title: 'The body is not JSON' },
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'not-enrolled': { status: 401, title: 'The agent is not enrolled' },
  forbidden: { status: 403, title: 'The caller may not do this' },
  'not-found': { status: 404, title: 'There is no such object' },
  'already-running': { status: 409, title: 'Another change of this cluster is running' },
  'rotation-running': { status: 409, title: 'Another rotation is running' },
  conflict: { status: 409, title: 'The state of the object does not allow this' },
  'manager-conflict': { status: 409, title: 'Another manager declares the workload' },
  removals: { status: 409, title: 'The request would remove workloads, and does not allow that' },
  'precondition-failed': { status: 412, title: 'The spec of the cluster has another generation' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body has another content type than application/json' },
  'key-reused': { status: 422, title: 'The idempotency key was used for another request' },
  'precondition-required': { status: 428, title: 'The request has to name the generation of the spec' },
  'too-many-running': { status: 429, title: 'The caller has as many operations running as it may' },
  internal: { status: 500, title: 'This failed on our side' },
  unavailable: { status: 503, title: 'This cannot be done just now' },
} as const

export type ProblemKind = keyof typeof problemKinds

const issue = z.object({
  path: z.string().check(z.describe('The field, such as workloads[0].role.name. Empty for the complete request')),
  pointer: z.string().check(z.describe('The field as a JSON Pointer (RFC 6901), such as #/workloads/0/role/name')),
  message: z.string().check(z.describe('What was found, what is allowed and what to do')),
})

const conflict = z.pick(declaredWorkload, { namespace: true, serviceAccount: true, manager: true })

/** The schema of an error body, for the OpenAPI description. */
export const problemSchema = z.object({
  type: z.string().check(z.describe('Names the kind of problem')),
  title: z.string().check(z.describe('The kind of problem in words, always the same')),
  status: z.int().check(z.describe('The HTTP status')),
  detail: z.optional(z.string().check(z.describe('What happened this time, and what to do'))),
  instance: z.optional(
    z.string().check(z.describe('The object that the problem is about, for example the operation that is running')),
  ),
  issues: z.optional(z.array(issue).check(z.describe('Each error in the fields of the request'))),
  conflicts: z.optional(
    z.array(conflict).check(z.describe('Each workload that another manager declares with another role')),
  ),
})

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly instance?: string
  readonly issues?: readonly ValidationIssue[]
  readonly conflicts?: readonly z.output<typeof conflict>[]
}

/** The body of an error response. The response must have the same status as the problem. */
export function problem(
  kind: ProblemKind,
  members: Pick<Problem, 'detail' | 'instance' | 'issues' | 'conflicts'> = {},
): Problem {
  return { type: `urn:workload-identity:problem:${kind}`, ...problemKinds[kind], ...members }
}

export function invalidRequest(issues: readonly ValidationIssue[]): Problem {
  const detail = issues.length === 1 ? 'One field has to be corrected' : `${issues.length} fields have to be corrected`
  return problem('invalid-request', { detail, issues })
}

/** Rejects a call. The problem is the body of the response. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>

  constructor(refused: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(refused.title)
    this.problem = refused
    this.headers = headers
  }
}
