/** The result of a call as JSON, so that its error can be thrown where the value is used, even in another function. */
import * as z from 'zod/mini'
import { type RecordedError, recorded, recordedError } from './recorded.ts'
import { StepError, stepErrors } from './step-errors.ts'

export type Outcome<Value> = { readonly value: Value } | { readonly error: RecordedError }

export function outcome<Value extends z.ZodMiniType>(value: Value) {
  return z.union([z.object({ value }), z.object({ error: recordedError })])
}

/** @throws {Error} any other error than a StepError, because it is a defect */
export async function outcomeOf<Value>(call: Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { value: await call }
  } catch (error) {
    if (error instanceof StepError) return { error: recorded(error) }
    throw error
  }
}

/** @throws {StepError} the error of the call, of the same class */
export function valueIn<Value>(outcome: Outcome<Value>): Value {
  if ('value' in outcome) return outcome.value
  const { name, ...explanation } = outcome.error
  const ErrorClass = stepErrors.find((one) => one.name === name)
  throw ErrorClass ? new ErrorClass(explanation) : new Error(`${name} is no error of a step`)
}
