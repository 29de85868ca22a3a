/**
 * How a call fails.
 * - `drop-request`: the connection is cut; nothing is done.
 * - `drop-response`: the call is done, then the connection is cut before the answer.
 * - `refuse`: 403, in the words of that server.
 * - `throttle`: too many requests, in the words of that server; nothing is done.
 * - `break`: 500, in the words of that server; nothing is done.
 * - `unavailable`: 503, in the words of that server; nothing is done.
 * - `garble`: the call is done, and its answer is a page of HTML with the head of the real one.
 * - `cut`: the call is done, and its answer ends half-way.
 * - `delay`: the call is done and answered, after `delayMs`.
 */
export type FaultKind = ErrorAnswer | BrokenAnswer | 'drop-request' | 'delay'

const errorAnswers = ['refuse', 'throttle', 'break', 'unavailable'] as const
const brokenAnswers = ['drop-response', 'garble', 'cut'] as const

/** The server answers with an error instead of the work. */
export type ErrorAnswer = (typeof errorAnswers)[number]

/** The work is done, and its answer is broken. */
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
  /** The object as in the call log; `*` stands for any characters. Left out: every object. */
  readonly object?: string
  /** The caller whose calls do not fail, as in the call log; `*` stands for any characters. Omitted: none. */
  readonly notBy?: string
  readonly times: number
  readonly delayMs?: number
}

/** The faults of the next calls that match. */
export interface Faults {
  add(fault: Fault): Promise<void> | void
  clear(): Promise<void> | void
}

/** True if the text is the pattern, in which `*` stands for any characters. */
export function matchesPattern(pattern: string, text: string): boolean {
  const literals = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${literals.join('.*')}$`, 's').test(text)
}

/** What happens between the work of a call and its answer. */
export interface Interruption {
  readonly operation: string
  readonly object?: string
  /** True: only a call that wrote; dry runs and refused calls did not. */
  readonly write?: boolean
  readonly meanwhile?: () => Promise<unknown>
  readonly answer: 'sent' | 'dropped'
}

interface FaultyCall {
  readonly operation: string
  readonly object: string
  /** Left out where the server does not know who calls. */
  readonly actor?: string
}

/** Of a server in this process, which checks them once for each call. */
export class MemoryFaults implements Faults {
  #faults: { fault: Fault; left: number }[] = []
  readonly #metAt = new WeakMap<Fault, number[]>()
  #interruptions: Interruption[] = []

  add(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times })
  }

  /** Removes the fault. Returns when calls had it, in milliseconds since the epoch. */
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

  /** The fault of this call, whose count this decrements. */
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
