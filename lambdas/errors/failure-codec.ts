/**
 * Carries a failure in the thrown error. A step that has no record, or that may not write its record, can still report
 * what failed and where.
 */
import * as z from 'zod/mini'
import { type OperationError, operationError } from './recorded.ts'

/**
 * What the state machine gets as the cause when a function throws:
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
const cause = z.object({ errorMessage: z.string() })

/** The message of an error that carries the failure. */
export function encodeFailure(failure: OperationError): string {
  return JSON.stringify(failure)
}

/** The failure that a caught error carries, or undefined when the error carries none. */
export function decodeFailure(caught: {
  readonly error?: string | undefined
  readonly cause?: string | undefined
}): OperationError | undefined {
  const thrown = cause.safeParse(jsonOf(caught.cause))
  if (!thrown.success) return undefined
  const reported = operationError.safeParse(jsonOf(thrown.data.errorMessage))
  return reported.success && reported.data.name === caught.error ? reported.data : undefined
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
