import type * as z from 'zod/mini'
import { shapeFaults } from '../spec/shape.ts'
import { type ApiCall, Refusal } from './operation.ts'
import { invalidRequest } from './problem.ts'
import { readJson } from './read-json.ts'

/** Names and flags, and nothing that is long. */
const maxBytes = 1024

/**
 * The body of a call that may be left out: then it is as if it were `{}`.
 *
 * @throws Refusal 400 that names each faulty or unknown field
 */
export function readOptionalBody<Body>(call: ApiCall, schema: z.ZodMiniType<Body>): Body {
  const body = call.body.length === 0 ? {} : readJson(call, maxBytes)
  const parsed = schema.safeParse(body, { reportInput: true })
  if (parsed.success) return parsed.data
  throw new Refusal(invalidRequest(shapeFaults(parsed.error.issues, schema)))
}
