/** The result of a check. */
export interface Finding {
  /** One or two words: "clock", "WebhookReady". */
  readonly check: string
  /** `unknown`: the check was not possible, which may be harmless. */
  readonly state: 'ok' | 'problem' | 'unknown'
  readonly found: string
  /** Omitted when `found` says it, or when nothing has to be done. */
  readonly toDo?: string
}

export function ok(check: string, found: string): Finding {
  return { check, state: 'ok', found }
}
