import * as z from 'zod/mini'
import { filteredReason, filteredSentence, filteredTime } from './shown.ts'

/** One event of an object, as the progress of an operation shows it. */
export interface ObjectEvent {
  /** ISO 8601. */
  readonly time: string
  /** "Normal" or "Warning". */
  readonly type: string
  readonly reason: string
  readonly message: string
}

const text = z._default(z.nullable(z.string()), '')

/** Events of the core API and of events.k8s.io have their time in different fields. Unused fields are null. */
const event = z.object({
  type: text,
  reason: text,
  message: text,
  series: z.optional(z.nullable(z.object({ lastObservedTime: z.optional(z.string()) }))),
  lastTimestamp: z.optional(z.nullable(z.string())),
  eventTime: z.optional(z.nullable(z.string())),
  firstTimestamp: z.optional(z.nullable(z.string())),
})

/** The maximum length of a controller's message, in characters. The start of a message says enough. */
const maxMessage = 300

/** Returns the newest events, newest first. Omits events without a time. */
export function newestEvents(items: readonly unknown[], count: number): ObjectEvent[] {
  return items
    .flatMap((item) => {
      const parsed = event.safeParse(item)
      return parsed.success ? [parsed.data] : []
    })
    .map((observed) => ({ time: timeOf(observed), ...printableOf(observed) }))
    .filter(({ time }) => time !== '')
    .sort((one, other) => Date.parse(other.time) - Date.parse(one.time))
    .slice(0, count)
}

function timeOf(observed: z.output<typeof event>): string {
  const time =
    observed.series?.lastObservedTime ?? observed.lastTimestamp ?? observed.eventTime ?? observed.firstTimestamp
  return filteredTime(time ?? undefined) ?? ''
}

function printableOf({ type, reason, message }: z.output<typeof event>) {
  return { type: filteredReason(type ?? ''), reason: filteredReason(reason ?? ''), message: printable(message) }
}

function printable(value: string | null): string {
  const line = filteredSentence(value ?? '')
  return line.length > maxMessage ? `${line.slice(0, maxMessage - 1)}…` : line
}
