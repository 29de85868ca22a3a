/** A queue of turns. A turn begins when all earlier turns have ended. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** The turn enters the queue at its first `begin`. From then on, it blocks later turns until its `end`. */
  newTurn(): Turn {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    let begun: Promise<void> | undefined
    return {
      begin: (signal) => {
        if (begun) return begun
        begun = unlessAborted(this.#last, signal)
        this.#last = Promise.all([this.#last, ended])
        return begun
      },
      end,
    }
  }
}

export interface Turn {
  /** @throws the reason of the signal, when the signal aborts before the turn begins */
  readonly begin: (signal: AbortSignal) => Promise<void>
  readonly end: () => void
}

async function unlessAborted(turn: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  await Promise.race([turn, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
}
