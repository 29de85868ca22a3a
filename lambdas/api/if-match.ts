import type { ApiCall } from './operation.ts'
import { ProblemError, problem } from './problem.ts'

const quotedNumber = /^"(\d{1,10})"$/

/** The entity tag of a generation of a spec (RFC 9110, section 8.8.3). */
export function tagOf(generation: number): string {
  return `"${generation}"`
}

/**
 * The generation in the If-Match header of a call (RFC 9110, section 13.1.1); undefined without the header.
 *
 * @throws {ProblemError} 400 when the header is not the entity tag of a generation
 */
export function readIfMatch({ headers: { 'if-match': tag } }: ApiCall): number | undefined {
  if (tag === undefined) return undefined
  const [, generation] = quotedNumber.exec(tag) ?? []
  if (generation !== undefined) return Number(generation)
  const detail = 'The header If-Match has to be the generation of the spec in quotes, such as "12"'
  throw new ProblemError(problem('invalid-request', { detail }))
}
