/**
 * One JSON line to the function's log. Never a payload: only names, ids, numbers and our own sentences. `traceId` is X-Ray's:
 * an execution hands its own to all functions.
 */
export function log(level: 'info' | 'error', message: string, fields: Readonly<Record<string, unknown>>): void {
  const line = { time: new Date().toISOString(), level, message, traceId: traceId(), ...fields }
  // Not console.log: Lambda would put its own text before the JSON.
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader; Lambda sets it for each call. */
function traceId(): string | undefined {
  return /(?:^|;)Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? '')?.[1]
}

/** The calls that led to an error, without its message, which may hold what came from outside. */
export function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.stack === undefined) return []
  return error.stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 10)
}
