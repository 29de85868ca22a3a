import { currentStep } from './current-step.ts'

/**
 * Writes one JSON line to the function's log. A line has only names, ids, numbers and our own sentences, never a
 * payload. `state` is the step that is at work: several may share the function. `traceId` is the trace id of X-Ray. An
 * execution hands its trace id to all functions.
 */
export function log(level: 'info' | 'error', message: string, fields: Readonly<Record<string, unknown>>): void {
  const line = { time: new Date().toISOString(), level, message, traceId: traceId(), state: currentStep(), ...fields }
  // console.log is not used, because Lambda puts its own text before the JSON.
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/**
 * The id in the tracing header, which Lambda sets for each call:
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
function traceId(): string | undefined {
  return /(?:^|;)Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? '')?.[1]
}

/** The stack frames of an error, at most 10. The message is left out, because it may hold text from outside. */
export function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.stack === undefined) return []
  return error.stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 10)
}
