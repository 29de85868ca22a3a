import type { Line } from '../view/line.ts'
import { styled } from '../view/terminal-text.ts'

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

const marks = { ok: ['green', '✔'], problem: ['red', '✖'], unknown: ['yellow', '?'] } as const

/** The length of the longest check name. */
const width = 'DiscoveryPublished'.length
const hang = width + 6

/** One line for the finding, and one for what to do. */
export function findingLines({ check, state, found, toDo }: Finding): Line[] {
  const [colour, mark] = marks[state]
  return [
    { text: `  ${styled(colour, mark)} ${check.padEnd(width)}  ${found}`, hang },
    ...(toDo === undefined ? [] : [{ text: `${' '.repeat(hang)}${toDo}`, hang }]),
  ]
}
