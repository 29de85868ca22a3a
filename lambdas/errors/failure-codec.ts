/**
 * Carries a failure in the cause of an error. A step that has no record, or that may not write its record, can still
 * report what failed and where. So can a state machine that no longer waits for a step (infra/definition/poll.ts).
 */
import * as z from 'zod/mini'
import { type OperationError, operationError } from './recorded.ts'

/**
 * The cause when a function has thrown. The cause of a state machine's own error is the message itself.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
const ofFunction = z.object({ errorMessage: z.string() })

/** The message of an error that carries the failure. */
export function encodeFailure(failure: OperationError): string {
  return JSON.stringify(failure)
}

/** The failure that a caught error carries, or undefined when the error carries none. */
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
