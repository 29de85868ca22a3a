import { plainJsonIssue } from '../../spec/plain-json.ts'
import type { ApiCall } from '../operation.ts'
import { invalidRequest, ProblemError, problem } from '../problem.ts'
import { syntaxProblem } from './json-syntax.ts'

const jsonType = /^application\/json\s*(;|$)/i

/**
 * The JSON value in the body of a call.
 *
 * @throws {ProblemError} 415 when the content type is not application/json
 * @throws {ProblemError} 413 when the body has more than `maxBytes` bytes
 * @throws {ProblemError} 400 when the body is not JSON in UTF-8
 * @throws {ProblemError} 400 when the body contains a value that the record cannot store
 */
export function readJson({ headers, body }: Pick<ApiCall, 'headers' | 'body'>, maxBytes: number): unknown {
  if (!jsonType.test(headers['content-type'] ?? '')) {
    throw new ProblemError(
      problem('unsupported-media-type', { detail: 'Send the body with content-type: application/json' }),
    )
  }
  if (body.length > maxBytes) {
    throw new ProblemError(
      problem('too-large', { detail: `The body has ${body.length} bytes. The limit is ${maxBytes} bytes` }),
    )
  }
  const value = parsed(body)
  const issue = plainJsonIssue(value)
  if (issue) throw new ProblemError(invalidRequest([issue]))
  return value
}

function parsed(body: Buffer): unknown {
  const text = decoded(body)
  try {
    return JSON.parse(text)
  } catch {
    // Do not use the message of JSON.parse, which repeats parts of the body.
    throw notJson(syntaxProblem(text))
  }
}

function decoded(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw notJson('it is not UTF-8')
  }
}

function notJson(why: string): ProblemError {
  return new ProblemError(problem('not-json', { detail: `The body has to be one JSON object in UTF-8; ${why}` }))
}
