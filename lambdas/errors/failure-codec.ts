/**
 * Encodes a failure in the cause of an error. So a step that has no record, or may not write it, can report the failure
 * and its object. A state machine that stops waiting for a step can, too (infra/definition/poll.ts).
 */
import * as z from 'zod/mini'
import { type OperationError, operationError } from './recorded.ts'

/**
 * The cause when a function has thrown. The cause of a state machine's own error is the plain message:
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
const ofFunction = z.object({ errorMessage: z.string() })

export function encodeFailure(failure: OperationError): string {
  return JSON.stringify(failure)
}

/** The failure in a caught error; undefined when it contains none. */
export function decodeFailure(caught: {
  readonly error?: string | undefined
  readonly cause?: string | undefined
}): OperationError | undefined {
  const cause = jsonOf(caught.cause)
  const thrown = ofFunction.safeParse(cause)
  const reported = operationError.safeParse(thrown.success ? jsonOf(thrown.data.errorMessage) : cause)
  return reported.success && reported.data.name === caught.error ? reported.data : undefined
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
