/** Whatever tells that an object was written: a cluster's store, or a watch on a real one. */
export interface Happenings {
  /** Calls back for each change until the function that it gives back is called. */
  onHappening(listener: (happening: { readonly object: { readonly kind: string } }) => void): () => void
}

export interface Loop {
  /** Works once more soon, whatever happened. */
  poke(): void
  /** Resolves when the work that is under way has ended. */
  close(): Promise<void>
}

/**
 * Does the work whenever an object of one of the kinds changed: once for many changes, never twice at the same time.
 * Work that could not be finished gives back true and is done again after a while.
 */
export function runLoop(source: Happenings, kinds: readonly string[], work: () => Promise<boolean>): Loop {
  const retryMs = 250
  let wanted = false
  let isClosed = false
  let running: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  const run = async () => {
    while (wanted && !isClosed) {
      // A pause first, so that what is written together is seen together; and everybody else gets a turn meanwhile.
      await new Promise((resolve) => setImmediate(resolve))
      if (isClosed) break
      wanted = false
      if (await attempt(work)) timer ??= setTimeout(retry, retryMs)
    }
    running = undefined
  }
  const poke = () => {
    wanted = true
    if (!isClosed) running ??= run()
  }
  const retry = () => {
    timer = undefined
    poke()
  }
  const stop = source.onHappening(({ object }) => {
    if (kinds.includes(object.kind)) poke()
  })
  poke()
  return {
    poke,
    async close() {
      isClosed = true
      clearTimeout(timer)
      stop()
      await running
    },
  }
}

/** Work that fails becomes a warning of the process, and done again. */
async function attempt(work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work()
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error))
    return true
  }
}
