/**
 * A failure that the record does not have travels in the error itself: a step that may not write its record, or that has
 * none, still says what failed and where.
 */
import * as z from 'zod/mini'
import { type OperationError, operationError } from './recorded.ts'

/** What the state machine gets as the cause when a function throws: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
const cause = z.object({ errorMessage: z.string() })

/** The message of the error that tells of the failure. */
export function tell(failure: OperationError): string {
  return JSON.stringify(failure)
}

/** The failure that a step has told, or undefined when what the state machine caught is none of that kind. */
export function toldBy(caught: {
  readonly error?: string | undefined
  readonly cause?: string | undefined
}): OperationError | undefined {
  const thrown = cause.safeParse(jsonOf(caught.cause))
  if (!thrown.success) return undefined
  const told = operationError.safeParse(jsonOf(thrown.data.errorMessage))
  return told.success && told.data.name === caught.error ? told.data : undefined
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
