export type Level = 'info' | 'warn' | 'error'

/** Writes one JSON line. Fields are names, IDs, numbers and error codes, never a token, an enrolment code or a body. */
export function log(level: Level, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`)
}
