import type * as z from 'zod/mini'
import { forShapeIssues, shapeIssues } from '../../spec/shape.ts'
import type { ApiCall } from '../operation.ts'
import { invalidRequest, ProblemError } from '../problem.ts'
import { readJson } from './read-json.ts'

/** Optional bodies contain only names and flags. */
const maxBytes = 1024

/**
 * The body of a call whose body is optional. A missing body counts as `{}`.
 *
 * @throws {ProblemError} 400 when a field is invalid or unknown; the error names each of them
 * @throws {ProblemError} 415 when the content type is not application/json
 * @throws {ProblemError} 413 when the body has more than {@link maxBytes} bytes
 * @throws {ProblemError} 400 when the body is not JSON in UTF-8
 */
export function readOptionalBody<Body>(call: ApiCall, schema: z.ZodMiniType<Body>): Body {
  const body = call.body.length === 0 ? {} : readJson(call, maxBytes)
  const parsed = schema.safeParse(body, forShapeIssues)
  if (parsed.success) return parsed.data
  throw new ProblemError(invalidRequest(shapeIssues(parsed.error.issues, schema)))
}
