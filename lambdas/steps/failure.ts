/** The errors of steps. They contain no message from another system. */
import { encodeFailure } from '../errors/failure-codec.ts'
import type { RecordedError } from '../errors/recorded.ts'
import { CloudUnavailable, StepError } from '../errors/step-errors.ts'
import type { Envelope } from './envelope.ts'

/** The error to throw, and its form for the record and the log. An unexpected error keeps only its name. */
export function presentable(
  state: string,
  thrown: unknown,
  signal: AbortSignal,
): { error: Error; recorded: RecordedError } {
  const error = stepErrorOf(state, thrown, signal)
  if (error) {
    return { error, recorded: { name: error.name, object: error.object, reason: error.reason, action: error.action } }
  }
  const name = thrown instanceof Error ? thrown.name : 'Error'
  const recorded = {
    name,
    object: `state ${state}`,
    reason: `an unexpected ${name}, which is a defect of this project`,
    action: "Look for the operation's id in the log of the function, and report what you find",
  }
  const opaque = new Error(`${recorded.object}: ${recorded.reason}. ${recorded.action}.`)
  opaque.name = name
  return { error: opaque, recorded }
}

function stepErrorOf(state: string, thrown: unknown, signal: AbortSignal): StepError | undefined {
  if (thrown instanceof StepError) return thrown
  if (!signal.aborted) return undefined
  return new CloudUnavailable({
    object: `state ${state}`,
    reason: 'the step did not end before the time-out of its function',
    action: 'If the error persists, send the request again in some minutes',
  })
}

/** The error for a failure that is not in the record: its message contains the failure. */
export function withFailure({ state, item }: Envelope, recorded: RecordedError): Error {
  const error = new Error(encodeFailure({ ...recorded, step: state, ...(item !== undefined && { item }) }))
  error.name = recorded.name
  return error
}
