/** One JSON line to the function's log. Never a payload: only names, ids, numbers and our own sentences. */
export function log(level: 'info' | 'error', message: string, fields: Readonly<Record<string, unknown>>): void {
  // Not console.log: Lambda would put its own text before the JSON.
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`)
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
