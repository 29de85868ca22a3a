/** What was looked at, and what came of it. */
export interface Finding {
  /** One word or two: "clock", "WebhookReady". */
  readonly check: string
  /** `unknown`: it could not be looked at, which need not be wrong. */
  readonly state: 'ok' | 'problem' | 'unknown'
  readonly found: string
  /** Left out where `found` says it, or where there is nothing to do. */
  readonly toDo?: string
}

export function ok(check: string, found: string): Finding {
  return { check, state: 'ok', found }
}
