import { currentStep } from './current-step.ts'

/**
 * Writes one JSON line to the function's log. A line contains names, ids, numbers and the product's own sentences,
 * never a payload. `state` is the running step, because several steps share a function. `traceId` is the X-Ray trace
 * id, which an execution passes to all its functions.
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

/** The stack frames of an error, at most 10. It omits the message, which may contain text from outside. */
export function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.stack === undefined) return []
  return error.stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 10)
}
