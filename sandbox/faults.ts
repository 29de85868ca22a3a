/**
 * How a call fails.
 * - `drop-request`: the server ignores the call, and cuts the connection.
 * - `drop-response`: the server does the work of the call, and then cuts the connection instead of answering.
 * - `refuse`, `break`, `unavailable`: instead of the work, the server answers with its usual error for 403, 500 or 503.
 * - `throttle`: instead of the work, the server answers with its usual error for too many requests.
 * - `garble`: the server does the work, and answers with an HTML page under the headers of the real answer.
 * - `cut`: the server does the work, and its answer ends half-way.
 * - `delay`: the server waits for `delayMs`, and then does the work and answers.
 */
export type FaultKind = ErrorAnswer | BrokenAnswer | 'drop-request' | 'delay'

const errorAnswers = ['refuse', 'throttle', 'break', 'unavailable'] as const
const brokenAnswers = ['drop-response', 'garble', 'cut'] as const

/** The server answers with an error instead of doing the work. */
export type ErrorAnswer = (typeof errorAnswers)[number]

/** The server does the work, and sends a broken answer. */
export type BrokenAnswer = (typeof brokenAnswers)[number]

export function errorAnswerOf(kind: FaultKind | undefined): ErrorAnswer | undefined {
  return errorAnswers.find((each) => each === kind)
}

export function brokenAnswerOf(kind: FaultKind | undefined): BrokenAnswer | undefined {
  return brokenAnswers.find((each) => each === kind)
}

/** Plain data, so that it can be sent to a server that is not written in TypeScript. */
export interface Fault {
  readonly kind: FaultKind
  /** The operation as in the call log; `*` stands for any characters. */
  readonly operation: string
  /** The object as in the call log; `*` stands for any characters. Omitted: every object. */
  readonly object?: string
  /** The caller whose calls do not fail, as in the call log; `*` stands for any characters. Omitted: no such caller. */
  readonly notBy?: string
  readonly times: number
  readonly delayMs?: number
}

/** The faults of the next calls that match. */
export interface Faults {
  add(fault: Fault): Promise<void> | void
  clear(): Promise<void> | void
}

/** True if the text matches the pattern, in which `*` stands for any characters. */
export function matchesPattern(pattern: string, text: string): boolean {
  const literals = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${literals.join('.*')}$`, 's').test(text)
}

/** What happens between the work of a call and its answer. */
export interface Interruption {
  readonly operation: string
  readonly object?: string
  /** Whether to interrupt only a call that has written. Dry runs and refused calls do not write. */
  readonly write?: boolean
  readonly meanwhile?: () => Promise<unknown>
  readonly answer: 'sent' | 'dropped'
}

interface FaultyCall {
  readonly operation: string
  readonly object: string
  /** Omitted by a server that does not identify its callers. */
  readonly actor?: string
}

/** The faults of a server in this process. The server calls `take` once for each call. */
export class MemoryFaults implements Faults {
  #faults: { fault: Fault; left: number }[] = []
  readonly #metAt = new WeakMap<Fault, number[]>()
  #interruptions: Interruption[] = []

  add(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times })
  }

  /** Removes the fault. Returns the times of the calls that it affected, in milliseconds since the epoch. */
  remove(fault: Fault): readonly number[] {
    this.#faults = this.#faults.filter((entry) => entry.fault !== fault)
    return this.#metAt.get(fault) ?? []
  }

  clear(): void {
    this.#faults = []
    this.#interruptions = []
  }

  /** Interrupts the next call that matches. */
  interrupt(interruption: Interruption): void {
    this.#interruptions.push(interruption)
  }

  /** Called after the work of a call: runs its interruption, and returns whether the server sends the answer. */
  async answerOf(done: { operation: string; object: string; write: boolean }): Promise<Interruption['answer']> {
    const found = this.#interruptions.find(
      ({ operation, object, write }) =>
        matchesPattern(operation, done.operation) &&
        matchesPattern(object ?? '*', done.object) &&
        (done.write || !write),
    )
    if (!found) return 'sent'
    this.#interruptions = this.#interruptions.filter((each) => each !== found)
    await found.meanwhile?.()
    return found.answer
  }

  /** Returns the fault of this call, and decrements the number of calls that the fault still affects. */
  take(call: FaultyCall): Fault | undefined {
    const found = this.#faults.find(({ fault }) => isMeant(fault, call))
    if (!found) return undefined
    found.left -= 1
    this.#metAt.set(found.fault, [...(this.#metAt.get(found.fault) ?? []), Date.now()])
    if (found.left <= 0) this.#faults = this.#faults.filter((entry) => entry !== found)
    return found.fault
  }
}

function isMeant({ operation, object = '*', notBy }: Fault, call: FaultyCall): boolean {
  if (notBy !== undefined && matchesPattern(notBy, call.actor ?? '')) return false
  return matchesPattern(operation, call.operation) && matchesPattern(object, call.object)
}
